import { tellUnstarted } from '../events/tell-end.ts';
import { logLines } from '../log-lines.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import type { Release, Releases } from '../projects/release.ts';
import { takeDown } from '../runs/kill.ts';
import type { Run } from '../runs/run.ts';
import { type Leased, startRun } from '../runs/start.ts';
import { planDispatch, wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { allSettled } from '../settled.ts';
import { supersession } from './end-queued.ts';
import { batch, endBatch, type Filled, fill } from './fill.ts';
import { type Drops, dropOverflow } from './queue.ts';
import type { Stopping } from './slots.ts';
import { takeOverLapsed } from './take-over.ts';
import { atOnce, type Turns } from './turns.ts';

/** What a dispatch step did: ids of the runs concerned. */
export interface Dispatched {
  launched: string[];
  /** Those that the queue could not hold, and those that were skipped for their key. */
  dropped: string[];
  /** Queued runs whose place a later one took. */
  cancelled: string[];
}

const nothing: Dispatched = { launched: [], dropped: [], cancelled: [] };

/**
 * Fills an agent's free slots with its oldest queued runs that may start, takes over launches whose lease ran out, and ends what
 * must not wait any longer (D5, D9). Looks at the world, not at who asked: any number of these may run at once.
 *
 * @param turns Where those of one instance wait for each other. Default: they do not.
 */
export async function dispatch(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  agent: string,
  turns: Turns = atOnce,
): Promise<Dispatched> {
  const done = await turns(agent, async () => {
    // Not before: this may stand for those whom a newer release has woken meanwhile.
    const current = await releases.current();
    if (!current) return undefined;
    const { release } = current;
    const filled = await optimistically(ports, (commit) => fill(ports, release, agent, commit));
    return { release, filled };
  });
  if (!done) return nothing;
  const { release, filled } = done;
  if (filled.spentOn !== null) {
    ports.log.warn(logLines.budgetSpent, { agent, day: filled.spentOn });
  }
  const start = async (held: Leased): Promise<string> => {
    await startRun(ports, settings, releases, held);
    return held.run.id;
  };
  const [launched, relaunched, drops] = await allSettled([
    allSettled(filled.leased.map(start)),
    relaunch(ports, agent, filled, start),
    dropAndGoOn(ports, release, agent, filled),
    allSettled(filled.lookAt.map((at) => planDispatch(ports, agent, at))),
    supersedeInFlight(ports, releases, filled),
  ]);
  const skipped = filled.skip.map(({ id }) => id);
  return {
    launched: [...launched, ...relaunched],
    dropped: [...skipped, ...drops.dropped],
    cancelled: filled.supersede.map(({ id }) => id),
  };
}

/** Launches again what nobody is launching any more. */
async function relaunch(
  ports: Ports,
  agent: string,
  { before, leased: fresh }: Filled,
  start: (held: Leased) => Promise<string>,
): Promise<readonly string[]> {
  // The plain case costs no read: nothing was in flight, and the first of the queue was launched.
  if (before.inFlight.length === 0 && fresh.length > 0) return [];
  const { leased, more } = await takeOverLapsed(ports, agent, batch, before.inFlight.length);
  if (more) await wakeDispatch(ports, agent);
  return allSettled(leased.map(start));
}

/**
 * Drops what is too much, wakes the next step where this one has left something to do, and tells outside of all that has ended
 * in the queue.
 */
async function dropAndGoOn(
  ports: Ports,
  release: Release,
  agent: string,
  { leased, skip, supersede, overflow }: Filled,
): Promise<Drops> {
  const drops =
    overflow > 0 ? await dropOverflow(ports, release, agent) : { dropped: [], more: false };
  const isFull = leased.length === batch || skip.length + supersede.length === endBatch;
  if (isFull || drops.more) await wakeDispatch(ports, agent);
  const ended = [...skip, ...supersede].map(({ id }) => id);
  await tellUnstarted(ports, [...ended, ...drops.dropped]);
  return drops;
}

/** Stops the runs in flight whose place a queued one takes. What frees their keys is their end, as always. */
async function supersedeInFlight(
  ports: Ports,
  releases: Releases,
  { stop, before }: Filled,
): Promise<void> {
  const stopOne = async ({ run: runId, by }: Stopping): Promise<void> => {
    // The queue was read beside the slots, and may be older: who takes a place must be there, and be the later one.
    const [run, later] = await Promise.all([
      ports.documents.get<Run>(`runs/${runId}`),
      ports.documents.get<Run>(by.path),
    ]);
    if (!run || later?.data.state !== 'queued') return;
    if (run.data.admittedAt > later.data.admittedAt) return;
    await takeDown(ports, releases, runId, supersession(before.keys[runId] ?? null));
  };
  await allSettled(stop.map(stopOne));
}
