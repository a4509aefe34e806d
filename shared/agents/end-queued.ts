import { costOf } from '../costs/run-cost.ts';
import type { Document, Write } from '../ports/index.ts';
import { expiryOf } from '../retention/days.ts';
import { advance } from '../runs/advance.ts';
import { sweepMs } from '../runs/due.ts';
import type { Reason } from '../runs/reasons.ts';
import type { Run, Stop } from '../runs/run.ts';
import { saidOf } from '../runs/stop.ts';

/**
 * The writes that end a run which was never launched. There is nothing to clean up after it, and its end is still to be told
 * outside: whoever commits them does that next (`shared/events/tell-end.ts`), and until it is done the run is due.
 */
function endQueued(
  run: Document<Run>,
  event: 'drop' | 'cancel',
  why: string,
  set: { reason: Reason; stop?: Stop },
  now: number,
): Write[] {
  const over = {
    dueAt: new Date(now + sweepMs),
    cleanedAt: new Date(now).toISOString(),
    cost: costOf(run.data, { seconds: 0, chunks: 0, day: null }),
    expireAt: expiryOf(now, run.data.keptDays),
  };
  return advance(run, { event, why, set: { ...set, ...over } }, now);
}

/** Drops a run that the queue cannot hold. */
export function dropped(run: Document<Run>, maxWorkQueueSize: number, now: number): Write[] {
  const why = `more than ${maxWorkQueueSize} runs were waiting, and this was the oldest`;
  return endQueued(run, 'drop', why, { reason: 'queue_overflow' }, now);
}

/** Drops a run whose key is busy, where its agent does not let it wait. */
export function skipped(run: Document<Run>, now: number): Write[] {
  const why = `another run of ${run.data.concurrencyKey} was there before it`;
  return endQueued(run, 'drop', why, { reason: 'key_busy' }, now);
}

/** Cancels a run that somebody, or a later one, wants gone. */
export function cancelled(run: Document<Run>, stop: Stop, now: number): Write[] {
  return endQueued(run, 'cancel', saidOf(stop), { reason: stop.reason, stop }, now);
}

/** Cancels a run whose place a later one of its key takes. */
export function superseded(run: Document<Run>, now: number): Write[] {
  return cancelled(run, supersession(run.data.concurrencyKey), now);
}

/** Why a run of this key is stopped, or ended before it started, for a later one. */
export function supersession(key: string | null): Stop {
  return { reason: 'superseded', by: 'drover', why: `only the newest of ${key} is wanted` };
}
