import type { Document, Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import type { Leased } from '../runs/start.ts';
import { takeOver } from './leases.ts';
import { runsOf } from './queue.ts';

/** Launches whose lease has run out, as one step found them. */
export interface TakenOver {
  /** Those that are ours now. */
  leased: Leased[];
  /** Whether there are more. */
  more: boolean;
}

/**
 * Takes over launches of an agent whose lease has run out, at most `batch`, to be launched again. They have their slots, and go
 * on whatever became of the queue: a pause, a smaller scale, a spent budget.
 */
export async function takeOverLapsed(
  ports: Ports,
  agent: string,
  batch: number,
  inFlight: number,
): Promise<TakenOver> {
  // More than have a slot: somebody may have deleted what lists them.
  const limit = inFlight + batch;
  const launching = await ports.documents.query<Run>({ ...runsOf(agent, 'launching'), limit });
  const now = ports.clock.now();
  const lapsed = launching.filter((run) => isLapsed(run, now));
  const leased = await Promise.all(lapsed.slice(0, batch).map((run) => takeOver(ports, run)));
  return { leased: leased.flatMap((held) => held ?? []), more: lapsed.length > batch };
}

/** Whether nobody holds the launch of a run any more. `now` in ms since the epoch. */
function isLapsed({ data: { lease } }: Document<Run>, now: number): boolean {
  return lease === null || Date.parse(lease.until) <= now;
}
