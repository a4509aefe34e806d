import type { Micros } from './types.ts';

/** The times of commits and reads: they never go back, and no two commits share one. */
export interface CommitClock {
  /** A time at or after every commit so far, and before every later one. */
  read(): Micros;
  /** The time of a new commit. */
  next(): Micros;
}

/** `last` is the latest time that was given out before. */
export function commitClock(now: () => number, last: Micros): CommitClock {
  let latest = last;
  const wall = (): Micros => Math.floor(now() * 1000);
  return {
    read: () => {
      latest = Math.max(latest, wall());
      return latest;
    },
    next: () => {
      latest = Math.max(latest + 1, wall());
      return latest;
    },
  };
}
