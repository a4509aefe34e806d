import { judgeFences } from './fences.ts';
import { judgeRings as judgeRingMoments, judgeSteps } from './judge-moments.ts';
import { inexplicable } from './linearizable.ts';
import type { Moment } from './moments.ts';
import { keysOf, type Operation, operationsOf, told } from './operation.ts';
import { judgeRings, ringProblems } from './rings.ts';

/** What the judges say of a history. */
export interface Verdict {
  /** What is wrong, with what led to it; empty: nothing. */
  problems: string[];
  /** Answers that told of a deadlock, and those that did not tell of a ring that certainly stood. */
  deadlocks: { told: number; untold: number };
}

/**
 * Judges a history.
 *
 * @param start Ms since the epoch, from which times are told.
 * @param moments How everything stood meanwhile, where somebody watched.
 */
export function judge(
  history: readonly Operation[],
  start: number,
  moments: readonly Moment[] = [],
): Verdict {
  const rings = judgeRings(history);
  return {
    problems: [
      ...keysOf(history).flatMap((key) => judgeKey(operationsOf(key, history), start)),
      ...judgeFences(history),
      ...ringProblems(rings, start),
      ...judgeSteps(moments),
      ...(moments.length > 0 ? judgeRingMoments(history, moments) : []),
    ],
    deadlocks: { told: rings.told, untold: rings.untold.length },
  };
}

function judgeKey(operations: readonly Operation[], start: number): string[] {
  const wrong = inexplicable(operations);
  return wrong ? [`nothing explains this answer: ${told(wrong, start)}`] : [];
}
