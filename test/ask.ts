import { type ManualRun, triggerRun } from '../shared/runs/trigger-run.ts';
import { settings } from './sim/place.ts';
import type { World } from './world.ts';

/** Who asks for things in tests. */
export const octavia = { who: 'octavia@example.com', why: '' };

/** A person asks for a run, and it is admitted; answers with its id. What follows from it is not waited for. */
export async function ask(
  world: World,
  agent: string,
  request: Partial<ManualRun> = {},
): Promise<string> {
  const published = await world.releases.current();
  if (!published) throw new Error('no release');
  const manual: ManualRun = { agent, prompt: null, key: null, actor: octavia, ...request };
  const asked = await triggerRun(world.ports, settings, published, manual);
  if (!asked.ok) throw new Error(asked.why);
  return asked.runId;
}
