import { readCurrent } from '../../shared/agents/state.ts';
import { type Agent, agentIn } from '../../shared/projects/project.ts';
import type { Current, Published } from '../../shared/projects/release.ts';
import { refusal } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import { unknown } from './parts.ts';

/** The current release with the project's own state. */
export interface Now extends Published {
  current: Current;
}

/**
 * The release that is current now, and not the one of a moment ago that other functions may go on with: a person who has just
 * changed something must see it. 503 before the first publication.
 */
export async function releaseNow({ ports, releases }: Pick<Instance, 'ports' | 'releases'>) {
  const current = await readCurrent(ports);
  if (!current) throw refusal('nothing-published', 'no project is published');
  const { release: id } = current.data;
  const now: Now = { id, release: await releases.get(id), current: current.data };
  return now;
}

/** An agent of the release by name, or 404. */
export function agentOf({ release }: Published, name: string): Agent {
  const found = agentIn(release, name);
  if (!found) throw unknown(`agent ${name}`);
  return found;
}
