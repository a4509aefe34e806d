import { longestTtl, waitMs } from '../../shared/locks/lock.ts';
import type { Answer, Operation } from './operation.ts';

/** For how long a run held a key, or waited for it, as far as the answers tell. */
export interface Edge {
  run: string;
  key: string;
  /** The question whose answer tells of it. */
  operation: Operation;
  /** Places in the order of the history. */
  from: number;
  to: number;
  /** Ms since the epoch. */
  untilTime: number;
}

const forever = Number.POSITIVE_INFINITY;

/** How long a run that was refused a key counts as waiting for it at least, in ms: the wait is renewed in its second half. */
export const shortestWaitMs = waitMs / 2;

/** When a run may have held a key: no answer says that it did not. */
export function possibleHolds(history: readonly Operation[]): Edge[] {
  return history.flatMap((operation): Edge[] => {
    const { run, key, answer, from, ask } = operation;
    if (key === null) return [];
    if (ask.verb === 'acquire' && isUnheard(operation)) {
      return [{ run, key, operation, from: from.order, to: forever, untilTime: forever }];
    }
    if (answer?.outcome !== 'acquired' && answer?.outcome !== 'kept') return [];
    const { fence } = answer;
    const ends = history.filter(
      (other) => isBefore(operation, other) && endsHold(other, run, key, fence),
    );
    // Whatever asked for it, before or since, may have let it last.
    const lasts = history.map((other) =>
      other.run === run && other.key === key && 'ttlMs' in other.ask
        ? (other.to?.time ?? forever) + other.ask.ttlMs
        : 0,
    );
    const to = Math.min(forever, ...ends.map((end) => end.to?.order ?? forever));
    return [{ run, key, operation, from: from.order, to, untilTime: Math.max(...lasts) }];
  });
}

/** Whether an answer tells that a run does not hold a key any more, which it held under this fence. */
function endsHold({ run, key, ask, answer }: Operation, holder: string, of: string, fence: number) {
  if (ask.verb === 'end') return run === holder;
  if (key !== of) return false;
  switch (answer?.outcome) {
    case 'acquired':
    case 'kept':
      return answer.fence > fence;
    case 'broken':
      return answer.fence >= fence;
    case 'released':
    case 'no such lock':
      return run === holder;
    case 'held':
      return answer.holder !== holder;
    default:
      return false;
  }
}

/** When a run certainly held a key: it was told so, and nothing had begun that could have ended it. */
export function certainHolds(history: readonly Operation[]): Edge[] {
  return history.flatMap((operation): Edge[] => {
    const { run, key, answer, from, to, ask } = operation;
    if (key === null || !to || !('ttlMs' in ask)) return [];
    if (answer?.outcome !== 'acquired' && answer?.outcome !== 'kept') return [];
    const threats = history.filter(
      (other) => mayComeAfter(operation, other) && threatensHold(other, run, key, ask.ttlMs),
    );
    // However often it asks, it has it for no longer than the longest time after it first asked.
    const first = history.find((other) => other.run === run && other.key === key) ?? operation;
    const untilTime = Math.min(from.time + ask.ttlMs, first.from.time + longestTtl * 1_000);
    return [{ run, key, operation, from: to.order, to: soonest(threats), untilTime }];
  });
}

/** Whether an operation may end a tenure, or shorten it. */
function threatensHold({ run, key, ask }: Operation, holder: string, of: string, ttlMs: number) {
  if (ask.verb === 'end') return run === holder;
  if (key !== of) return false;
  if (ask.verb === 'break') return true;
  return run === holder && (ask.verb === 'release' || ('ttlMs' in ask && ask.ttlMs < ttlMs));
}

/** When a run may have counted as waiting for a key: it asked for it, and no answer says that it had stopped. */
export function possibleWaits(history: readonly Operation[]): Edge[] {
  return history.flatMap((operation): Edge[] => {
    const { run, key, answer, from, to, ask } = operation;
    if (ask.verb !== 'acquire' || key === null) return [];
    if (isUnheard(operation) || !to) {
      return [{ run, key, operation, from: from.order, to: forever, untilTime: forever }];
    }
    if (!isRefusal(answer)) return [];
    const ends = history.filter(
      (other) => isBefore(operation, other) && other.run === run && endsWait(other, key, history),
    );
    const end = Math.min(forever, ...ends.map((other) => other.to?.order ?? forever));
    return [{ run, key, operation, from: from.order, to: end, untilTime: to.time + waitMs }];
  });
}

/** Whether a run stopped waiting: it asked for another key in vain, or was given a lock that it did not have. */
function endsWait(operation: Operation, waited: string, history: readonly Operation[]): boolean {
  const { key, answer, ask } = operation;
  if (ask.verb !== 'acquire' || !answer) return false;
  if (isRefusal(answer)) return key !== waited;
  if (answer.outcome !== 'acquired') return false;
  const { fence } = answer;
  // Else another operation may have been the one that was given it.
  return history.every(
    (other) =>
      other === operation ||
      other.key !== key ||
      (!(other.ask.verb === 'acquire' && isUnheard(other)) &&
        !(other.answer && 'fence' in other.answer && other.answer.fence === fence)),
  );
}

/** When a run certainly counted as waiting for a key: it was refused it, and had asked for nothing else. */
export function certainWaits(history: readonly Operation[]): Edge[] {
  return history.flatMap((operation): Edge[] => {
    const { run, key, answer, from, to, ask } = operation;
    if (ask.verb !== 'acquire' || key === null || !to || !isRefusal(answer)) return [];
    const threats = history.filter(
      (other) =>
        mayComeAfter(operation, other) &&
        other.run === run &&
        (other.ask.verb === 'end' || (other.ask.verb === 'acquire' && other.key !== key)),
    );
    const untilTime = from.time + shortestWaitMs;
    return [{ run, key, operation, from: to.order, to: soonest(threats), untilTime }];
  });
}

export function isRefusal(answer: Answer | undefined): boolean {
  return answer?.outcome === 'held' || answer?.outcome === 'deadlock';
}

/** Whether something may have happened that no answer tells of, or may still happen. */
function isUnheard({ answer, lost }: Operation): boolean {
  return answer === undefined || lost > 0;
}

/** Whether an operation was answered before another was asked for. */
function isBefore(operation: Operation, other: Operation): boolean {
  return operation.to !== undefined && operation.to.order < other.from.order;
}

/** Whether another operation, or what is left of it, may happen after an operation, or in the middle of it. */
function mayComeAfter(operation: Operation, other: Operation): boolean {
  return other !== operation && (isUnheard(other) || !isBefore(other, operation));
}

function soonest(operations: readonly Operation[]): number {
  return Math.min(forever, ...operations.map(({ from }) => from.order));
}
