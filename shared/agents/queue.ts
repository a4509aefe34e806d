import { answerUnstarted } from '../calls/answer.ts';
import { callErrors } from '../calls/call.ts';
import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Query } from '../ports/index.ts';
import type { Release } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import type { RunState } from '../runs/states.ts';
import { dropped } from './end-queued.ts';
import { judgeQueue } from './judge-queue.ts';
import { freeSlots, keptUntil, rulesOf } from './rules.ts';
import { keysInFlight, readAgentState, readCurrent, writeAgentState } from './state.ts';

/** Queued runs that one step drops: up to three writes each, with room in a commit's 500 (Firestore quotas page). */
const dropBatch = 100;
/** Queued runs are counted no further than this. */
const longestCount = 10_000;
/** Queued runs that are read at first: as many as one step launches. */
const firstPage = 10;
/** Queued runs that are read at a time where those before have to wait. */
const nextPage = 100;
/**
 * Pages of a queue that one step looks at. A run that stands behind 500 others which all have to wait for their time or their
 * key waits with them: each of those waits only for so long, and a queue is that long only where `maxWorkQueueSize` lets it be.
 */
export const mostPages = 6;

/** The agent's runs in these states, in order of admission. */
export function runsOf(agent: string, ...states: RunState[]): Omit<Query, 'limit'> {
  return {
    collection: 'runs',
    where: [
      ['agent', '==', agent],
      ['state', 'in', states],
    ],
    orderBy: [['admittedAt', 'asc']],
  };
}

/** The agent's queued runs that were admitted after `after`. */
function queuedAfter(agent: string, after: Date | null): Omit<Query, 'limit'> {
  const queued = runsOf(agent, 'queued');
  if (!after) return queued;
  return { ...queued, where: [...(queued.where ?? []), ['admittedAt', '>', after]] };
}

/** The agent's queued runs that were admitted until `until`: times are read to the millisecond, and all of that one counts. */
export function queuedUntil(agent: string, until: Date): Omit<Query, 'limit'> {
  const queued = runsOf(agent, 'queued');
  const after = new Date(until.getTime() + 1);
  return { ...queued, where: [...(queued.where ?? []), ['admittedAt', '<', after]] };
}

/** How many of the agent's runs are queued; of those admitted after `after`, when that is given. */
export function countQueued(
  ports: Pick<Ports, 'documents'>,
  agent: string,
  after: Date | null = null,
): Promise<number> {
  return ports.documents.count({ ...queuedAfter(agent, after), limit: longestCount });
}

/** The queued run of the agent that was admitted last. */
export async function newestQueued(
  ports: Pick<Ports, 'documents'>,
  agent: string,
): Promise<Document<Run> | undefined> {
  const query: Query = { ...runsOf(agent, 'queued'), orderBy: [['admittedAt', 'desc']], limit: 1 };
  const [newest] = await ports.documents.query<Run>(query);
  return newest;
}

/** The oldest queued runs of an agent, as far as they were read. */
export interface Queue {
  runs: Document<Run>[];
  /** Whether these are all of them. */
  isWhole: boolean;
}

/** Reads the oldest queued runs of an agent, or those that follow on `before`. One round trip. */
export async function readQueue(
  ports: Pick<Ports, 'documents'>,
  agent: string,
  before?: Queue,
): Promise<Queue> {
  const known = before?.runs ?? [];
  const last = known.at(-1)?.data.admittedAt.getTime();
  // Times are read to the millisecond: what was admitted in the same one comes again.
  const again = known.filter(({ data }) => data.admittedAt.getTime() === last).length;
  const limit = again + (last === undefined ? firstPage : nextPage);
  const startAfter = last === undefined ? undefined : [new Date(last - 1)];
  const page = await ports.documents.query<Run>({
    ...runsOf(agent, 'queued'),
    limit,
    ...(startAfter && { startAfter }),
  });
  const ids = new Set(known.map(({ id }) => id));
  const runs = [...known, ...page.filter(({ id }) => !ids.has(id))];
  return { runs, isWhole: page.length < limit };
}

/** Ids of the runs that a step dropped, and whether there are more to drop. */
export interface Drops {
  dropped: string[];
  more: boolean;
}

const none: Drops = { dropped: [], more: false };

/**
 * Ends the oldest queued runs of an agent that its queue cannot hold (D9), and counts them on its state. Who drops writes that
 * state, and reads the queue only after it: two droppers never see the same excess. A step drops a batch, and says whether
 * that left more.
 *
 * Those that are about to get a free slot are no excess, and neither is what a pause has held (D10). Runs that wait for their
 * time or for their key count like all others: a retry that is the oldest goes first.
 */
export async function dropOverflow(ports: Ports, release: Release, agent: string): Promise<Drops> {
  const rules = rulesOf(release, agent);
  return optimistically(ports, async (commit) => {
    const [state, project] = await Promise.all([readAgentState(ports, agent), readCurrent(ports)]);
    if (state.data.paused || project?.data.paused) return none;
    const kept = keptUntil(state.data, project?.data);
    const [all, counted] = await Promise.all([
      countQueued(ports, agent),
      countQueued(ports, agent, kept),
    ]);
    if (counted <= rules.maxWorkQueueSize) return none;
    const now = ports.clock.now();
    // What was held is older, and gets the free slots first.
    const free = Math.max(0, freeSlots(state.data, rules, now) - (all - counted));
    const limit = free + dropBatch;
    const oldest = await ports.documents.query<Run>({ ...queuedAfter(agent, kept), limit });
    const keys = Object.values(keysInFlight(state.data));
    const judged = judgeQueue(oldest, { ...rules, keys, keptUntil: kept, now });
    const ready = judged.filter(({ standing }) => standing === 'ready').map(({ run }) => run);
    const next = new Set(ready.slice(0, free));
    // Somebody may have been killed since they were counted.
    const waiting = oldest.length < limit ? oldest.length : counted;
    const excess = waiting - next.size - rules.maxWorkQueueSize;
    if (excess <= 0) return none;
    const runs = oldest.filter((run) => !next.has(run)).slice(0, Math.min(excess, dropBatch));
    await commit([
      writeAgentState(state, { dropped: state.data.dropped + runs.length }),
      ...runs.flatMap((run) => dropped(run, rules.maxWorkQueueSize, now)),
      ...(await answerUnstarted(ports, runs, callErrors.dropped, now)),
    ]);
    return { dropped: runs.map((run) => run.id), more: excess > dropBatch };
  });
}
