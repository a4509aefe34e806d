import { optimistically } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import type { Published, Releases } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { type Leased, startRun } from '../runs/start.ts';
import { wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { allSettled } from '../settled.ts';
import { lease, leaseWrites, takeOver } from './leases.ts';
import { projectShares, scaleOf } from './project-share.ts';
import { countQueued, type Drops, dropOverflow, runsOf } from './queue.ts';
import { type AgentState, agentPath, takeAgentSlots, takeSlots } from './slot-list.ts';
import { planSlots } from './slots.ts';

/** Launches that one step works on at the same time; more are left to the next step. */
const batch = 10;

/** What a dispatch step did. */
export interface Dispatched {
  launched: string[];
  dropped: string[];
}

/**
 * Fills an agent's free slots with its oldest queued runs, takes over launches whose lease ran out, and drops what the
 * queue cannot hold (D5, D9). Looks at the world, not at who asked: any number of these may run at once.
 */
export async function dispatch(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  agent: string,
): Promise<Dispatched> {
  const current = await releases.current();
  if (!current) return { launched: [], dropped: [] };
  const limits = limitsOf(current, agent);
  const filled = await optimistically(ports, (commit) => fill(ports, current, agent, commit));
  const start = async (held: Leased): Promise<string> => {
    await startRun(ports, settings, releases, held);
    return held.run.id;
  };
  const [launched, takenOver, { dropped }] = await allSettled([
    allSettled(filled.leased.map(start)),
    allSettled(
      filled.lapsed.map(async (run) => {
        const held = await takeOver(ports, run);
        return held ? [await start(held)] : [];
      }),
    ),
    dropAndGoOn(ports, agent, limits, filled),
  ]);
  return { launched: [...launched, ...takenOver.flat()], dropped };
}

/** Drops what is too much, and wakes the next step where this one has left something to do. */
async function dropAndGoOn(
  ports: Ports,
  agent: string,
  { scale, maxWorkQueueSize }: Limits,
  { leased, lapsed, overflow }: Filled,
): Promise<Drops> {
  const drops =
    overflow > 0
      ? await dropOverflow(ports, agent, scale, maxWorkQueueSize)
      : { dropped: [], more: false };
  const isFull = leased.length === batch || lapsed.length === batch;
  if (isFull || drops.more) await wakeDispatch(ports, agent);
  return drops;
}

interface Limits {
  scale: number;
  maxWorkQueueSize: number;
}

function limitsOf({ release }: Published, agent: string): Limits {
  return {
    scale: scaleOf(release, agent),
    maxWorkQueueSize: release.agents[agent]?.maxWorkQueueSize ?? Number.POSITIVE_INFINITY,
  };
}

interface Filled {
  /** Launches whose lease was just committed. */
  leased: Leased[];
  /** Launches whose lease has run out. */
  lapsed: Document<Run>[];
  overflow: number;
}

/** Reads slots and queue, plans, and commits slots and leases together: slots are counted where they are taken (D9). */
async function fill(
  ports: Ports,
  published: Published,
  agent: string,
  commit: Ports['documents']['commit'],
): Promise<Filled> {
  const { scale, maxWorkQueueSize } = limitsOf(published, agent);
  const [state, limited, open, queued] = await Promise.all([
    ports.documents.get<AgentState>(agentPath(agent)),
    projectShares(ports, published.release),
    ports.documents.query<Run>({ ...runsOf(agent, 'launching', 'queued'), limit: scale + batch }),
    countQueued(ports, agent),
  ]);
  const now = ports.clock.now();
  const { take, takeOver, overflow } = planSlots({
    scale,
    share: limited ? (limited.shares.get(agent) ?? 0) + limited.spare : null,
    inFlight: state?.data.inFlight ?? [],
    batch,
    maxWorkQueueSize,
    open,
    queued,
    now,
  });
  const leased = take.map((run) => lease(ports, run));
  if (leased.length > 0) {
    const taken = take.map((run) => run.id);
    await commit([
      ...leased.flatMap((held) => leaseWrites(held, now)),
      takeAgentSlots(agent, state, taken),
      ...(limited ? [takeSlots(limited.project, taken)] : []),
    ]);
  }
  return { leased, lapsed: takeOver, overflow };
}
