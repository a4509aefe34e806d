import type { Clock } from '../ports/index.ts';

/**
 * Does `work` of a key when its turn comes. Undefined where the work of another stood for it: one that began after this was
 * asked for, and so saw all that this would have seen. Throws what that work threw.
 */
export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T | undefined>;

/** Time in ms after which nobody waits for the work before any longer: a call that it makes may hang for minutes. */
const longestTurnMs = 15_000;

/** Everybody's turn is now. */
export const atOnce: Turns = (_key, work) => work();

interface Line {
  /** What is being done; it never rejects. */
  current: Promise<void>;
  /** What is done after that, for everybody who asks meanwhile. */
  next: Promise<unknown> | undefined;
}

/**
 * One work at a time of each key; all that are asked for meanwhile are one work, which follows. A crowd of wake-ups for one agent
 * would otherwise all read the same and write the same, all but one in vain (D2). Nothing rests on it: work that takes too long is
 * followed all the same.
 */
export function createTurns(clock: Clock): Turns {
  const lines = new Map<string, Line>();

  const begin = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const done = work();
    const line: Line = {
      current: done.then(ignore, ignore).then(() => end(key, line)),
      next: undefined,
    };
    lines.set(key, line);
    return done;
  };
  const end = (key: string, line: Line): void => {
    if (line.next === undefined) lines.delete(key);
  };
  return async (key, work) => {
    const line = lines.get(key);
    if (!line) return begin(key, work);
    if (line.next) {
      await line.next;
      return undefined;
    }
    const before = Promise.race([line.current, clock.sleep(longestTurnMs)]);
    const own = before.then(() => begin(key, work));
    line.next = own;
    return own;
  };
}

function ignore(): void {}
