import { allSettled } from '../settled.ts';

/**
 * Does `work` with each of `all`, `atOnce` at a time, for as long as `mayGoOn`; what failed keeps nothing else from being done, and is
 * thrown at the end.
 */
export async function inTurns<T, R>(
  all: readonly T[],
  atOnce: number,
  mayGoOn: () => boolean,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const left = all.values();
  const turn = async (): Promise<Promise<R>[]> => {
    const done: Promise<R>[] = [];
    for (const one of left) {
      if (!mayGoOn()) break;
      const doing = work(one);
      done.push(doing);
      await doing.catch(() => {});
    }
    return done;
  };
  const turns = await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, turn));
  return allSettled(turns.flat());
}
