import type { Acquired } from '../../shared/locks/acquire.ts';
import type { Broken } from '../../shared/locks/break.ts';
import type { Kept } from '../../shared/locks/heartbeat.ts';
import type { Released } from '../../shared/locks/release.ts';

/** When somebody asked or was answered. */
export interface Instant {
  /** Its place among all that was seen of a history, counted from 0. */
  order: number;
  /** Ms since the epoch by the one clock of the history. */
  time: number;
}

/** What is asked of a lock, or that a run ends, which concerns every lock. */
export type Ask =
  | { verb: 'acquire' | 'keep'; ttlMs: number }
  | { verb: 'release' | 'break' | 'end' };

export type Answer = Acquired | Kept | Released | Broken | { outcome: 'ended' };

/** A question and its answer, as they look from outside: all that the judges of a history know. */
export interface Operation {
  /** The run that asks, or that ends; `operator` where a lock is broken. */
  run: string;
  /** Null where a run ends. */
  key: string | null;
  ask: Ask;
  /** Undefined: it was lost, and what was asked may happen at any later time, or never. */
  answer: Answer | undefined;
  from: Instant;
  /** Undefined as long as the answer is. */
  to: Instant | undefined;
  /** How many answers of Firestore's were lost on the way: each time it was tried again, and may have happened already. */
  lost: number;
}

/** What is to be said of a key in a history: what was asked of it, and the ends of runs. */
export function operationsOf(key: string, history: readonly Operation[]): Operation[] {
  return history.filter((operation) => operation.key === key || operation.ask.verb === 'end');
}

/** The keys of a history. */
export function keysOf(history: readonly Operation[]): string[] {
  return [...new Set(history.flatMap(({ key }) => key ?? []))].sort();
}

/** One line for a reader, with times in ms from `start`. */
export function told({ run, key, ask, answer, from, to, lost }: Operation, start: number): string {
  const asked = 'ttlMs' in ask ? `${ask.verb} for ${ask.ttlMs} ms` : ask.verb;
  const when = `${at(from, start)} – ${to ? at(to, start) : '…'}`;
  const what = answer ? JSON.stringify(answer) : 'no answer';
  return `${when}  ${run} ${asked}${key === null ? '' : ` ${key}`}: ${what}${lost > 0 ? ` (${lost} answers lost)` : ''}`;
}

function at({ order, time }: Instant, start: number): string {
  return `#${order} ${time - start} ms`;
}
