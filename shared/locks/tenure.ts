import { cut } from '../json.ts';
import type { Document, Write } from '../ports/index.ts';
import { sweepMs } from '../runs/due.ts';
import type { Run } from '../runs/run.ts';
import { type Lock, type Loss, lockPath, longestTtl, type Tenure } from './lock.ts';

/** A write that lets a run have a lock, and what it comes to. */
export interface Grant {
  write: Write;
  fence: number;
  /** Ms since the epoch. */
  until: number;
}

/** From when, in ms since the epoch, and for how many ms. */
interface Span {
  now: number;
  ttlMs: number;
}

const longestMs = longestTtl * 1_000;

/** Gives a lock that nobody holds to a run, under a new fence. `loss` says how the run that it still names lost it. */
export function grant(
  lock: Document<Lock> | undefined,
  key: string,
  run: Document<Run>,
  { now, ttlMs, loss }: Span & { loss: Loss },
): Grant {
  const fence = (lock?.data.fence ?? 0) + 1;
  const until = now + Math.min(ttlMs, longestMs);
  const fields = {
    summary: heldSummary(run.id, fence, until),
    holder: run.id,
    agent: run.data.agent,
    fence,
    takenAt: new Date(now),
    since: new Date(now),
    until: new Date(until),
    last: lock ? lastOf(lock.data, now, loss) : null,
    // The run may have ended while this was decided: one look soon after tells (D8).
    dueAt: new Date(now + sweepMs),
  };
  const write: Write = lock
    ? { op: 'update', path: lock.path, version: lock.version, fields }
    : { op: 'create', path: lockPath(key), data: { key, ...fields } };
  return { write, fence, until };
}

/**
 * Leaves a lock to its holder for `ttlMs` from now on, but not beyond the longest time that one holder gets.
 *
 * @param asksAgain Whether it asked for the lock once more, which counts as a new beginning, and not only showed life.
 */
export function prolong(
  lock: Document<Lock>,
  { now, ttlMs, asksAgain }: Span & { asksAgain: boolean },
): Grant {
  const { takenAt, fence, holder } = lock.data;
  const until = Math.min(now + ttlMs, takenAt.getTime() + longestMs);
  const fields = {
    summary: heldSummary(holder, fence, until),
    until: new Date(until),
    ...(asksAgain ? { since: new Date(now) } : {}),
  };
  const write: Write = { op: 'update', path: lock.path, version: lock.version, fields };
  return { write, fence, until };
}

/** Takes a lock from the run that its document names. */
export function free(lock: Document<Lock>, now: number, loss: Loss, why = reasons[loss]): Write {
  const fields = {
    summary: `free: ${cutWhy(why)}`,
    holder: null,
    agent: null,
    until: new Date(Math.min(now, lock.data.until.getTime())),
    last: lastOf(lock.data, now, loss, why),
    dueAt: null,
  };
  return { op: 'update', path: lock.path, version: lock.version, fields };
}

const reasons: { readonly [loss in Loss]: string } = {
  released: 'its holder gave it back',
  expired: 'its time ran out',
  over: 'the run that held it is over',
  broken: 'it was taken away',
};

/** Longest explanation, in UTF-16 units: the document must stay a page (D11). */
const longestWhy = 500;

/** An explanation, as it stands in a lock. */
export function cutWhy(why: string): string {
  return cut(why, longestWhy);
}

/** The tenure that ends now, or the one that ended before where nobody holds the lock. */
function lastOf(lock: Lock, now: number, loss: Loss, why = reasons[loss]): Tenure | null {
  const { holder, fence, takenAt, until, last } = lock;
  if (holder === null) return last;
  return {
    holder,
    fence,
    takenAt: takenAt.toISOString(),
    lostAt: (loss === 'expired' ? until : new Date(now)).toISOString(),
    loss,
    why: cutWhy(why),
  };
}

function heldSummary(holder: string | null, fence: number, until: number): string {
  return `held by ${holder} until ${new Date(until).toISOString()}, fence ${fence}`;
}
