import { longestTtl } from '../../shared/locks/lock.ts';
import type { Answer, Operation } from './operation.ts';

/** One lock, with every time known. Times in ms. */
export interface Concrete {
  holder: string | null;
  fence: number;
  taken: number;
  since: number;
  until: number;
  /** When it last changed. */
  changed: number;
  over: readonly string[];
  /** Who gave it back last, or lost it to an operator, and by which place in the order. */
  last: { holder: string; fence: number; outcome: string; by: number } | null;
}

export const unlocked: Concrete = {
  holder: null,
  fence: 0,
  taken: 0,
  since: 0,
  until: 0,
  changed: 0,
  over: [],
  last: null,
};

/**
 * What a lock answers that was read at one time and is written at another, and the lock after it. Written without a look at the
 * model that it is to be compared with.
 */
export function respond(
  lock: Concrete,
  { run, ask, to }: Operation,
  read: number,
  written: number,
): [Answer, Concrete] {
  const isLive = lock.holder !== null && !lock.over.includes(lock.holder) && read < lock.until;
  const changed = { ...lock, changed: written };
  const given = (outcome: string): Concrete => {
    const by = to?.order ?? Number.POSITIVE_INFINITY;
    const last = { holder: lock.holder ?? '', fence: lock.fence, outcome, by };
    return { ...changed, holder: null, last };
  };
  if (ask.verb === 'end') return [{ outcome: 'ended' }, { ...lock, over: [...lock.over, run] }];
  if (ask.verb === 'break') {
    if (!isLive || lock.holder === null) return [{ outcome: 'free' }, lock];
    const { holder, fence } = lock;
    return [{ outcome: 'broken', holder, fence }, given('broken')];
  }
  if (lock.over.includes(run)) return [{ outcome: 'no such run' }, lock];
  if (isLive && lock.holder !== null && lock.holder !== run) {
    const { holder, since } = lock;
    if (ask.verb === 'acquire') return [{ outcome: 'held', holder, since }, lock];
    return [{ outcome: 'held', holder }, lock];
  }
  const longest = longestTtl * 1_000;
  if (ask.verb === 'acquire' && !isLive) {
    const fence = lock.fence + 1;
    const until = read + Math.min(ask.ttlMs, longest);
    return [
      { outcome: 'acquired', fence },
      { ...changed, holder: run, fence, taken: read, since: read, until },
    ];
  }
  if (!isLive) return [{ outcome: 'no such lock' }, lock];
  if (ask.verb === 'release') return [{ outcome: 'released' }, given('released')];
  const { fence } = lock;
  const until = Math.min(read + ('ttlMs' in ask ? ask.ttlMs : 0), lock.taken + longest);
  if (ask.verb === 'keep')
    return [
      { outcome: 'kept', until, fence },
      { ...changed, until },
    ];
  return [
    { outcome: 'acquired', fence },
    { ...changed, since: read, until },
  ];
}

/** What may come of an operation at this point of an order. */
function outcomes(
  lock: Concrete,
  operation: Operation,
  operations: readonly Operation[],
  read: number,
  written: number,
): [Answer, Concrete][] {
  const { run, ask, from } = operation;
  const all = [respond(lock, operation, read, written)];
  const isLate = operations.some(
    (other) =>
      other.run === run && other.ask.verb === 'end' && (other.to?.order ?? from.order) < from.order,
  );
  if (!isLate && lock.over.includes(run) && ask.verb !== 'end') {
    // It was found alive, and ended while this went on; so did its lock, or it was found as it was.
    const over = lock.over.filter((id) => id !== run);
    const found = [{ ...lock, over }];
    if (lock.holder !== null && lock.over.includes(lock.holder)) {
      found.push({ ...lock, over, holder: null });
    }
    for (const seen of found) {
      const [answer, next] = respond(seen, operation, read, written);
      all.push([answer, next === seen ? lock : { ...next, over: lock.over }]);
    }
  }
  const { last } = lock;
  if (last && from.order < last.by) {
    const { holder, fence } = last;
    const isOwn =
      ask.verb === 'release' && last.outcome === 'released' && holder === run && !isLate;
    if (isOwn) all.push([{ outcome: 'released' }, lock]);
    const isSame = ask.verb === 'break' && last.outcome === 'broken';
    if (isSame) all.push([{ outcome: 'broken', holder, fence }, lock]);
  }
  return all;
}

/** Whether any order of the operations, at any times, explains every answer. For a handful of them. */
export function isExplained(operations: readonly Operation[], horizon: number): boolean {
  const canEnd = (
    left: readonly Operation[],
    lock: Concrete,
    now: number,
    unheard: readonly Operation[],
  ): boolean => {
    if (left.every(({ answer }) => answer === undefined)) return true;
    const firstAnswer = Math.min(...left.map(({ to }) => to?.order ?? Number.POSITIVE_INFINITY));
    const canGoOn = (operation: Operation, written: number, answer: Answer, after: Concrete) => {
      const next = seenBy(after, operation);
      const isRight =
        operation.answer === undefined ||
        JSON.stringify(answer) === JSON.stringify(operation.answer);
      const rest = left.filter((other) => other !== operation);
      if (isRight && canEnd(rest, next, written, unheard)) return true;
      const isSilent = unheard.includes(operation) && after !== lock;
      return isSilent && canEnd(left, next, written, without(unheard, operation));
    };
    return left.some((operation) => {
      if (operation.from.order > firstAnswer) return false;
      const end = Math.min(operation.to?.time ?? horizon, horizon);
      for (let written = Math.max(now, operation.from.time); written <= end; written += 1) {
        const earliest = Math.min(Math.max(operation.from.time, lock.changed), written);
        for (let read = earliest; read <= written; read += 1) {
          const isPossible = outcomes(lock, operation, operations, read, written).some(
            // What changes nothing is seen at one time.
            ([answer, next]) =>
              (next !== lock || read === written) && canGoOn(operation, written, answer, next),
          );
          if (isPossible) return true;
        }
      }
      return false;
    });
  };
  const unheard = operations.flatMap((operation) =>
    Array.from({ length: operation.lost }, () => operation),
  );
  return canEnd(operations, unlocked, 0, unheard);
}

/** The lock, when what came before is known to have happened before the answer of this operation. */
function seenBy(lock: Concrete, { to }: Operation): Concrete {
  const { last } = lock;
  return last && to && to.order < last.by ? { ...lock, last: { ...last, by: to.order } } : lock;
}

function without(operations: readonly Operation[], one: Operation): Operation[] {
  const index = operations.indexOf(one);
  return operations.filter((_, other) => other !== index);
}
