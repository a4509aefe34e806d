import type { Ports } from '../ports/index.ts';
import { sweepMs } from '../runs/due.ts';
import type { Run } from '../runs/run.ts';

/** How long a queued run that is waiting for a slot is left alone once its agent was woken, in ms. */
export const waitingMs = 3 * sweepMs;

/** Overdue runs of one agent in one sweep from which on its queue is a long one. */
export const crowd = 10;

/** Longest time in ms after which somebody looks, should the last wake-up of a queue that has drained be lost. */
const longestLookMs = 60 * 60_000;

/**
 * By when the sweep looks again at a queued run whose agent it has woken.
 *
 * A look at any run of a queue wakes its agent, so a long queue needs no look at each of them every few minutes: thousands would
 * keep the sweep from all that is overdue beside them. There, time doubles with the age of the run, up to two looks a minute
 * at the queue as a whole, and an hour.
 *
 * @param queued Length of the queue; undefined: it is none to speak of.
 */
export function queueLook(
  { random }: Pick<Ports, 'random'>,
  { admittedAt, notBefore }: Pick<Run, 'admittedAt' | 'notBefore'>,
  queued: number | undefined,
  now: number,
): Date {
  const turn = (notBefore?.getTime() ?? 0) + sweepMs;
  if (queued === undefined) return new Date(Math.max(now + waitingMs, turn));
  const pause = Math.min(now - admittedAt.getTime(), (queued * sweepMs) / 2, longestLookMs);
  const spread = pause * (0.75 + random.fraction() / 2);
  return new Date(Math.max(now + Math.max(waitingMs, spread), turn));
}
