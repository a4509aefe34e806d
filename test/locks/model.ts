import { longestTtl } from '../../shared/locks/lock.ts';
import type { Answer, Ask, Instant, Operation } from './operation.ts';

/** A time that is known to lie between two, both included. Ms since the epoch. */
interface Span {
  low: number;
  high: number;
}

/**
 * One lock, as its specification has it. Who asks is not told all times, so each of them is known as far as the answers tell.
 */
export interface State {
  /** The run that it was last given to, and that has not given it back since. */
  holder: string | null;
  fence: number;
  /** When the holder got it, when it last asked for it, and when its time passes. */
  taken: Span;
  since: Span;
  until: Span;
  /** No earlier than this the last thing happened. */
  now: number;
  /** No earlier than this the lock last changed. */
  changed: number;
  /** Runs that are over, in order: a dead holder holds nothing (D8). */
  over: readonly string[];
  /** The holder that gave it back last, or that it was taken away from last, and the place by which it had been. */
  last: { holder: string; fence: number; loss: 'released' | 'broken'; by: number } | null;
}

const never: Span = { low: Number.NEGATIVE_INFINITY, high: Number.NEGATIVE_INFINITY };

/** A lock that nobody ever had. */
export const free: State = {
  holder: null,
  fence: 0,
  taken: never,
  since: never,
  until: never,
  now: Number.NEGATIVE_INFINITY,
  changed: Number.NEGATIVE_INFINITY,
  over: [],
  last: null,
};

const dayMs = longestTtl * 1_000;

const fromContainers: readonly Answer['outcome'][] = ['held', 'no such run'];
/** What each question may be answered with. */
const answersTo: { readonly [verb in Ask['verb']]: readonly Answer['outcome'][] } = {
  acquire: ['acquired', 'deadlock', ...fromContainers],
  keep: ['kept', 'no such lock', ...fromContainers],
  release: ['released', 'no such lock', ...fromContainers],
  break: ['broken', 'free'],
  end: ['ended'],
};

/**
 * The lock after an operation that takes effect now and is answered so; undefined where it cannot be.
 *
 * An operation takes effect at one instant between question and answer. Whether the time of a lock has passed is judged when the
 * lock was read, which is between the question and that instant, and after the last change of the lock: time is no document, so
 * a holder that was in time when it was looked at counts ([0012](../../docs/decisions/0012-lock-times.md)).
 *
 * @param isLate Whether the run was over, and known to be, before it asked. One that ends meanwhile may still be given a lock,
 *   which is dead at once (D8).
 */
export function after(
  before: State,
  { run, ask, from, to }: Operation,
  answer: Answer,
  isLate: boolean,
): State | undefined {
  const now = Math.max(before.now, from.time);
  const latest = to?.time ?? Number.POSITIVE_INFINITY;
  if (now > latest || !answersTo[ask.verb].includes(answer.outcome)) return undefined;
  const { last } = before;
  // Whatever happened before this happened before it was answered.
  const by = Math.min(last?.by ?? 0, to?.order ?? Number.POSITIVE_INFINITY);
  const state = { ...before, now, last: last && { ...last, by } };
  const read: Span = { low: Math.max(from.time, before.changed), high: latest };
  const isOwn = before.holder === run && !isLate;
  switch (answer.outcome) {
    case 'acquired': {
      if (!('ttlMs' in ask) || isLate) return undefined;
      if (answer.fence === before.fence + 1) return granted(state, run, read, ask.ttlMs);
      if (!isOwn || answer.fence !== before.fence) return undefined;
      return prolonged(state, read, ask.ttlMs, 'asks again');
    }
    case 'kept':
      if (!('ttlMs' in ask) || !isOwn || answer.fence !== before.fence) return undefined;
      return prolonged(state, read, ask.ttlMs, answer.until);
    case 'released':
      return isOwn
        ? givenUp(state, read, 'released', to)
        : endedAlready(state, run, 'released', from);
    case 'broken': {
      const { holder, fence } = answer;
      const isSame = holder === before.holder && fence === before.fence && isAlive(before);
      if (isSame) return givenUp(state, read, 'broken', to);
      return endedAlready(state, holder, 'broken', from, fence);
    }
    case 'held': {
      const held = heldBy(state, run, answer.holder, isLate);
      if (!held || !('since' in answer)) return held;
      const { low, high } = held.since;
      const isTrue = low <= answer.since && answer.since <= high;
      return isTrue ? { ...held, since: { low: answer.since, high: answer.since } } : undefined;
    }
    case 'deadlock':
      return heldBy(state, run, answer.cycle[2], isLate);
    case 'no such lock':
      return isLate ? undefined : unheld(state, latest);
    case 'free':
      return unheld(state, latest);
    case 'no such run':
      return before.over.includes(run) ? state : undefined;
    case 'ended':
      return { ...state, over: [...new Set([...before.over, run])].sort() };
  }
}

/** What an operation may do to the lock when nobody hears of it, as the answers that it might have had. */
export function unheard({ ask }: Operation, { holder, fence }: State): Answer[] {
  switch (ask.verb) {
    case 'acquire':
      return [
        { outcome: 'acquired', fence: fence + 1 },
        { outcome: 'acquired', fence },
      ];
    case 'keep':
      // Nobody knows until when: any time that it may come to.
      return [{ outcome: 'kept', until: Number.NaN, fence }];
    case 'release':
      return [{ outcome: 'released' }];
    case 'break':
      return holder === null ? [] : [{ outcome: 'broken', holder, fence }];
    case 'end':
      return [{ outcome: 'ended' }];
  }
}

function isAlive({ holder, over }: State): boolean {
  return holder !== null && !over.includes(holder);
}

/** The lock, given to a run; undefined while another holds it. */
function granted(before: State, run: string, read: Span, ttlMs: number): State | undefined {
  const state = unheld(before, read.high);
  if (!state) return undefined;
  const lapsed = isAlive(before) ? state.until.low : Number.NEGATIVE_INFINITY;
  const taken = { low: Math.max(read.low, lapsed), high: read.high };
  const now = Math.max(state.now, taken.low);
  const until = plus(taken, Math.min(ttlMs, dayMs));
  const fence = state.fence + 1;
  return { ...state, holder: run, fence, taken, since: taken, until, now, changed: now };
}

/** The lock, left to its holder for longer; undefined when its time had passed, or cannot be until then. */
function prolonged(
  state: State,
  read: Span,
  ttlMs: number,
  said: number | 'asks again',
): State | undefined {
  if (state.until.high <= read.low) return undefined;
  const cap = plus(state.taken, dayMs);
  let seen = { low: read.low, high: Math.min(read.high, state.until.high - 1) };
  let until = {
    low: Math.min(seen.low + ttlMs, cap.low),
    high: Math.min(seen.high + ttlMs, cap.high),
  };
  if (typeof said === 'number' && !Number.isNaN(said)) {
    if (said < until.low || said > until.high) return undefined;
    until = { low: said, high: said };
    seen = { ...seen, low: Math.max(seen.low, said - ttlMs) };
  }
  const since = said === 'asks again' ? seen : state.since;
  const now = Math.max(state.now, seen.low);
  return { ...state, since, until, now, changed: now };
}

/** The lock without its holder; undefined when its time had passed. */
function givenUp(
  state: State,
  read: Span,
  loss: 'released' | 'broken',
  to: Instant | undefined,
): State | undefined {
  const { holder, fence, until, now } = state;
  if (holder === null || until.high <= read.low) return undefined;
  const last = { holder, fence, loss, by: to?.order ?? Number.POSITIVE_INFINITY };
  return { ...state, holder: null, taken: never, since: never, until: never, changed: now, last };
}

/** The lock as it is, where somebody else did meanwhile just what was asked: of two who give a lock back, both did. */
function endedAlready(
  state: State,
  holder: string,
  loss: 'released' | 'broken',
  from: Instant,
  fence?: number,
): State | undefined {
  const { last } = state;
  const isSame =
    last?.holder === holder && last.loss === loss && last.fence === (fence ?? last.fence);
  return isSame && from.order < last.by ? state : undefined;
}

/** The lock while `holder` has it, which is not who asks; undefined when nobody has it, or somebody else. */
function heldBy(
  state: State,
  run: string,
  holder: string | undefined,
  isLate: boolean,
): State | undefined {
  const isHeld = holder === state.holder && holder !== run && !isLate && isAlive(state);
  if (!isHeld || state.until.high <= state.now) return undefined;
  const low = Math.max(state.until.low, state.now + 1);
  return { ...state, until: { low, high: state.until.high } };
}

/** The lock while nobody has it: free, dead, or its time has passed, which must be so at `latest`. */
function unheld(state: State, latest: number): State | undefined {
  if (!isAlive(state)) return state;
  const { low, high } = state.until;
  if (low > latest) return undefined;
  return { ...state, until: { low, high: Math.min(high, latest) }, now: Math.max(state.now, low) };
}

function plus({ low, high }: Span, ms: number): Span {
  return { low: low + ms, high: high + ms };
}
