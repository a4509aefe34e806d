/** Time that stands still until it is moved, and what is to happen at which time of it. */
export interface Schedule {
  /** Ms since the epoch. */
  now(): number;
  /** Does something at a time, or as soon as time moves if that is past. Answers with what calls it off. */
  at(time: number, act: () => void): () => void;
  /** Resolves `ms` from now. */
  sleep(ms: number): Promise<void>;
  /**
   * Resolves when it is the turn of whoever waits for it. Of all who wait one is picked; the next one only when everything has gone
   * on as far as it can without a turn of its own. So the picks alone decide who is faster than whom.
   */
  turn(): Promise<void>;
  /** Acts when it is its turn. */
  whenTurn(act: () => void): void;
  /** The time of what happens next; undefined: nothing is planned. */
  nextDue(): number | undefined;
  /** Moves time on, and does what is due then, in the order it was asked for. */
  moveTo(time: number): void;
  /** Resolves when nobody waits for a turn, and everything that can go on without time moving has gone on. */
  quiet(): Promise<void>;
}

interface Planned {
  time: number;
  act: () => void;
}

/** @param pick Which of so many who wait goes on, counted from 0. Default: whoever has waited longest. */
export function createSchedule(start: number, pick: (count: number) => number = () => 0): Schedule {
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

  /** Who waits for a turn, and who for quiet. */
  const waiting: (() => void)[] = [];
  let idle: (() => void)[] = [];
  let isTurning = false;
  const giveTurns = (): void => {
    const [next] = waiting.length > 0 ? waiting.splice(pick(waiting.length), 1) : [];
    if (next) {
      next();
      whenStill(giveTurns);
      return;
    }
    isTurning = false;
    const told = idle;
    idle = [];
    for (const tell of told) tell();
  };
  const wake = (): void => {
    if (isTurning) return;
    isTurning = true;
    whenStill(giveTurns);
  };
  const join = (queue: (() => void)[], act: () => void): void => {
    queue.push(act);
    wake();
  };

  return {
    now: () => now,
    at,
    sleep: (ms) => new Promise((resolve) => void at(now + ms, resolve)),
    turn: () => new Promise((resolve) => join(waiting, resolve)),
    whenTurn: (act) => join(waiting, act),
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
    quiet: () => new Promise((resolve) => join(idle, resolve)),
  };
}

/**
 * Acts when no promise has anything left to do. Node runs what was planned for the next tick only when its queue of microtasks is
 * empty, if a microtask planned it; this costs half of what waiting for an immediate does. Who plans ticks as well takes turns
 * with it, in an order that is always the same.
 */
function whenStill(act: () => void): void {
  queueMicrotask(() => process.nextTick(act));
}
