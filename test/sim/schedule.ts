/** Time that stands still until it is moved, and what is to happen at which time of it. */
export interface Schedule {
  /** Ms since the epoch. */
  now(): number;
  /** Does something at a time, or as soon as time moves if that is past. Answers with what calls it off. */
  at(time: number, act: () => void): () => void;
  /** Resolves `ms` from now. */
  sleep(ms: number): Promise<void>;
  /** The time of what happens next; undefined: nothing is planned. */
  nextDue(): number | undefined;
  /** Moves time on, and does what is due then, in the order it was asked for. */
  moveTo(time: number): void;
  /** Resolves when everything that can go on without time moving has gone on. */
  quiet(): Promise<void>;
}

interface Planned {
  time: number;
  act: () => void;
}

export function createSchedule(start: number): Schedule {
  let now = start;
  /** Soonest last; of those at one time, the one that was asked for first is last. */
  const planned: Planned[] = [];

  const at: Schedule['at'] = (time, act) => {
    const entry = { time: Math.max(time, now), act };
    let low = 0;
    let high = planned.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((planned[middle]?.time ?? 0) > entry.time) low = middle + 1;
      else high = middle;
    }
    planned.splice(low, 0, entry);
    return () => {
      const index = planned.indexOf(entry);
      if (index >= 0) planned.splice(index, 1);
    };
  };

  return {
    now: () => now,
    at,
    sleep: (ms) => new Promise((resolve) => void at(now + ms, resolve)),
    nextDue: () => planned.at(-1)?.time,
    moveTo: (time) => {
      now = Math.max(now, time);
      const due: Planned[] = [];
      while ((planned.at(-1)?.time ?? Number.POSITIVE_INFINITY) <= now) {
        const entry = planned.pop();
        if (entry) due.push(entry);
      }
      for (const { act } of due) act();
    },
    // Nothing here waits for anything real: an immediate comes when no promise has anything left to do.
    quiet: () => new Promise((resolve) => void setImmediate(resolve)),
  };
}
