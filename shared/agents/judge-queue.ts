import type { Document } from '../ports/index.ts';
import type { Concurrency } from '../projects/project.ts';
import type { Run } from '../runs/run.ts';

/** What is so of a queued run, slots aside. */
export type Standing =
  /** It may start. */
  | 'ready'
  /** It waits for its time. */
  | 'not_before'
  /** It waits for a run of its key, in flight or queued before it. */
  | 'key_busy'
  /** The same, and its agent would rather lose it than let it wait. */
  | 'skipped'
  /** A later run of its key takes its place. */
  | 'superseded';

export interface Judged {
  run: Document<Run>;
  standing: Standing;
}

/** What the standing of queued runs rests on. */
export interface QueueRules {
  /** Null: keys mean nothing. */
  concurrency: Concurrency | null;
  /** Keys of the agent's runs in flight. */
  keys: Iterable<string>;
  /** What was admitted until then waits where it would be skipped: a pause loses nothing (D10). */
  keptUntil: Date | null;
  /** Ms since the epoch. */
  now: number;
}

/**
 * How each run of an agent's queue stands, in order of admission. Whoever waits for its time keeps its key for itself: runs of
 * one key start in the order in which they were admitted. Pure.
 */
export function judgeQueue(
  queue: readonly Document<Run>[],
  { concurrency, keys, keptUntil, now }: QueueRules,
): Judged[] {
  const busy = concurrency?.busy;
  const taken = new Set(busy ? keys : []);
  const newest = busy === 'cancel' ? newestOfKeys(queue) : undefined;
  const standingOf = (run: Document<Run>): Standing => {
    const { concurrencyKey, notBefore, admittedAt } = run.data;
    if (busy && concurrencyKey !== null) {
      if (newest && newest.get(concurrencyKey) !== run) return 'superseded';
      if (taken.has(concurrencyKey)) {
        const isKept = keptUntil !== null && admittedAt <= keptUntil;
        return busy === 'skip' && !isKept ? 'skipped' : 'key_busy';
      }
      taken.add(concurrencyKey);
    }
    return isEarly(notBefore, now) ? 'not_before' : 'ready';
  };
  return queue.map((run) => ({ run, standing: standingOf(run) }));
}

/** Whether a run must not start yet. */
export function isEarly(notBefore: Date | null, now: number): boolean {
  return notBefore !== null && notBefore.getTime() > now;
}

/**
 * The run of each key that takes the place of the others: the last that was admitted. A rerun belongs to an event that came
 * earlier, and takes the place of none but reruns.
 */
function newestOfKeys(queue: readonly Document<Run>[]): Map<string, Document<Run>> {
  const newest = new Map<string, Document<Run>>();
  for (const run of queue) {
    const { concurrencyKey: key } = run.data;
    if (key === null) continue;
    const before = newest.get(key);
    if (before && isRerun(run) && !isRerun(before)) continue;
    newest.set(key, run);
  }
  return newest;
}

/** Whether a run belongs to the event of a run before it. */
export function isRerun({ data }: Document<Run>): boolean {
  return data.trigger.type === 'rerun';
}
