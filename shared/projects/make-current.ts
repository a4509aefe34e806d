import { makeOneDue, waitingAgents } from '../agents/waiting-agents.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { sweepMs } from '../runs/due.ts';
import { runsInFlight } from '../runs/in-flight.ts';
import type { Project } from './project.ts';
import { type Current, pointerMs } from './release.ts';

/** What becomes current, and what was until now; undefined: it cannot be read any more. */
interface Change {
  id: string;
  project: Project;
  before: Project | undefined;
  /** ISO time; undefined: it counts as published when the one before was. */
  publishedAt?: string;
  /** Who makes it current; null: nobody in particular. */
  by: string | null;
  /** Releases that one can go back to from it, the newest first. */
  history: string[];
}

/** Most releases that the pointer remembers to go back to. */
const longestHistory = 20;

/**
 * The writes that make another release current. It may lift what holds a queue back, such as a scale or a budget: one run of each
 * queue becomes due once every instance knows the release, unless the sweep looks at it soon anyway. The agents whose queues move
 * are among those, and no commit fails for them.
 */
export async function makeCurrent(
  ports: Pick<Ports, 'documents' | 'clock'>,
  { path, version, data }: Document<Current>,
  { id, project, before, history, by, ...published }: Change,
): Promise<Write[]> {
  const agents = Object.keys({ ...before?.agents, ...project.agents });
  const isFirstLimit = project.scale !== null && (before?.scale ?? null) === null;
  // Without a limit nobody needs a list. What an instance with the old release still adds to it goes with its runs.
  const known = project.scale === null ? [] : data.inFlight;
  const [waiting, inFlight] = await Promise.all([
    waitingAgents(ports, agents),
    isFirstLimit ? listInFlight(ports) : known,
  ]);
  const now = ports.clock.now();
  const isLeftAlone = (dueAt: Date | null): boolean =>
    dueAt !== null && dueAt.getTime() > now + 2 * sweepMs;
  const late = waiting.filter(({ last }) => isLeftAlone(last.data.dueAt));
  const moved = { at: published.publishedAt ?? new Date(now).toISOString(), by };
  const fields = {
    release: id,
    ...published,
    moved,
    history: history.slice(0, longestHistory),
    inFlight,
  };
  return [{ op: 'update', path, version, fields }, ...makeOneDue(late, now + pointerMs)];
}

/**
 * What runs now, of agents that no release has any more as well, oldest first: without a limit nobody counts it for the project, and
 * a first limit must. What ends in this moment stays on the list until the sweep takes it off.
 */
async function listInFlight(ports: Pick<Ports, 'documents'>): Promise<string[]> {
  const runs = await runsInFlight(ports);
  const age = ({ data }: (typeof runs)[number]): number => data.admittedAt.getTime();
  return runs.sort((one, other) => age(one) - age(other)).map(({ id }) => id);
}
