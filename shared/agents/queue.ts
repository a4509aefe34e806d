import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Query, Write } from '../ports/index.ts';
import { advance } from '../runs/advance.ts';
import { expiryOf, type Run } from '../runs/run.ts';
import type { RunState } from '../runs/states.ts';
import { type AgentState, agentPath } from './slot-list.ts';

/** Queued runs that one step drops: two writes each, with room in a commit's 500 (Firestore quotas page). */
const dropBatch = 100;
/** Queued runs are counted no further than this. */
const longestCount = 10_000;

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

/** How many of the agent's runs are queued. */
export function countQueued(ports: Pick<Ports, 'documents'>, agent: string): Promise<number> {
  return ports.documents.count({ ...runsOf(agent, 'queued'), limit: longestCount });
}

/** Ids of the runs that a step dropped, and whether there are more to drop. */
export interface Drops {
  dropped: string[];
  more: boolean;
}

/**
 * Ends the oldest queued runs of an agent that its queue cannot hold (D9), and counts them on its state. Who drops writes that
 * state, and reads the queue only after it: two droppers never see the same excess. A step drops a batch, and says whether
 * that left more.
 */
export async function dropOverflow(
  ports: Ports,
  agent: string,
  scale: number,
  maxWorkQueueSize: number,
): Promise<Drops> {
  return optimistically(ports, async (commit) => {
    const state = await ports.documents.get<AgentState>(agentPath(agent));
    const free = Math.max(0, scale - (state?.data.inFlight.length ?? 0));
    const excess = (await countQueued(ports, agent)) - free - maxWorkQueueSize;
    if (excess <= 0) return { dropped: [], more: false };
    // The oldest of all may still get the free slots.
    const limit = free + Math.min(excess, dropBatch);
    const oldest = await ports.documents.query<Run>({ ...runsOf(agent, 'queued'), limit });
    const dropped = oldest.slice(free);
    const now = ports.clock.now();
    await commit([
      countDropped(agent, state, dropped.length),
      ...dropped.flatMap((run) => drop(run, maxWorkQueueSize, now)),
    ]);
    return { dropped: dropped.map((run) => run.id), more: excess > dropBatch };
  });
}

function countDropped(
  agent: string,
  state: Document<AgentState> | undefined,
  count: number,
): Write {
  if (!state) {
    const first: AgentState = { inFlight: [], dropped: count };
    return { op: 'create', path: agentPath(agent), data: first };
  }
  const { path, version, data } = state;
  return { op: 'update', path, version, fields: { dropped: data.dropped + count } };
}

function drop(run: Document<Run>, maxWorkQueueSize: number, now: number): Write[] {
  const change = {
    event: 'drop',
    why: `more than ${maxWorkQueueSize} runs were waiting, and this was the oldest`,
    set: {
      reason: 'queue_overflow',
      dueAt: null,
      cleanedAt: new Date(now).toISOString(),
      expireAt: expiryOf(now),
    },
  } as const;
  return advance(run, change, now);
}
