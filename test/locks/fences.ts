import { keysOf, type Operation, operationsOf } from './operation.ts';

/**
 * What is wrong with the fences of a history: each fence of a key has one holder, and once somebody knows of a fence nobody is
 * told that it has the key under a smaller one. So a holder that was late can be told from the present one.
 */
export function judgeFences(history: readonly Operation[]): string[] {
  return keysOf(history).flatMap((key) => {
    const told = operationsOf(key, history).flatMap(toldBy);
    return told.flatMap((earlier) => told.flatMap((later) => judgePair(key, earlier, later)));
  });
}

/** That a run was told under which fence it has a lock. */
interface Told {
  run: string;
  fence: number;
  from: number;
  to: number;
}

function toldBy({ run, answer, from, to }: Operation): Told[] {
  if (!to || (answer?.outcome !== 'acquired' && answer?.outcome !== 'kept')) return [];
  return [{ run, fence: answer.fence, from: from.order, to: to.order }];
}

function judgePair(key: string, earlier: Told, later: Told): string[] {
  const what = `${key}: ${earlier.run} has fence ${earlier.fence}, ${later.run} has ${later.fence}`;
  const isSame = earlier.fence === later.fence && earlier.run !== later.run;
  if (isSame) return [`${what}: one fence, two holders`];
  // Of two that went on at once, either may have been first.
  const isStale = earlier.to < later.from && later.fence < earlier.fence;
  return isStale ? [`${what} later: a fence went back`] : [];
}
