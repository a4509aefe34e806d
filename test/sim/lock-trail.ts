import type { Lock, Wait } from '../../shared/locks/lock.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { Case } from './case.ts';

/** From a question to its answer: how many commits there were, and ms since the epoch. */
export interface Span {
  from: number;
  to: number;
  askedAt: number;
  answeredAt: number;
}

/** A moment: after so many commits, at a time in ms since the epoch. */
export interface Moment {
  commit: number;
  time: number;
}

interface Stand<T> {
  commit: number;
  value: T;
}

/** Who held what and who waited for what at any moment of a life, put together from the commits. */
export interface LockTrail {
  record(given: Case): void;
  /** The lock of a key as somebody who lives held it then; undefined: nobody did. */
  heldAt(key: string, moment: Moment): Lock | undefined;
  /** What a run counted as waiting for. */
  wantedAt(run: string, moment: Moment): string | undefined;
  /** How a lock was written in a span. */
  locksIn(key: string, span: Span): Lock[];
  /** Whether what a run waits for was written in a span, be it the same. */
  hasAskedIn(run: string, span: Span): boolean;
  /** The beginning and the end of each time in a span in which nobody committed anything. */
  momentsIn(span: Span): Moment[];
}

export function createLockTrail(): LockTrail {
  const locks = new Map<string, Stand<Lock>[]>();
  const waits = new Map<string, Stand<Wait | undefined>[]>();
  /** Which commit ended a run. */
  const ended = new Map<string, number>();
  /** When each commit took effect. */
  const times: number[] = [];

  const note = <T>(trails: Map<string, Stand<T>[]>, name: string, stand: Stand<T>): void => {
    const trail = trails.get(name);
    if (trail) trail.push(stand);
    else trails.set(name, [stand]);
  };
  const isAlive = (run: string, { commit }: Moment): boolean =>
    (ended.get(run) ?? Number.POSITIVE_INFINITY) > commit;

  return {
    record: ({ committed, now }) => {
      const { number: commit } = committed;
      times[commit] = now;
      for (const { path, data } of committed.documents) {
        if (path.startsWith('locks/')) {
          const lock = data as Lock;
          note(locks, lock.key, { commit, value: lock });
        } else if (path.startsWith('waits/')) {
          note(waits, path.slice('waits/'.length), { commit, value: data as Wait });
        }
      }
      for (const path of committed.removed) {
        if (!path.startsWith('waits/')) continue;
        note(waits, path.slice('waits/'.length), { commit, value: undefined });
      }
      for (const { entry } of committed.runs) {
        if (isOver(entry.data.state) && !ended.has(entry.id)) ended.set(entry.id, commit);
      }
    },
    heldAt: (key, moment) => {
      const lock = standAt(locks.get(key), moment);
      const isHeld = lock?.holder && lock.until.getTime() > moment.time;
      return isHeld && isAlive(lock.holder ?? '', moment) ? lock : undefined;
    },
    wantedAt: (run, moment) => {
      const wait = standAt(waits.get(run), moment);
      return wait && wait.until.getTime() > moment.time ? wait.key : undefined;
    },
    locksIn: (key, span) => within(locks.get(key), span),
    hasAskedIn: (run, span) => within(waits.get(run), span).length > 0,
    momentsIn: ({ from, to, askedAt, answeredAt }) => {
      const moments: Moment[] = [];
      for (let commit = from; commit <= to; commit += 1) {
        const begin = Math.max(times[commit] ?? askedAt, askedAt);
        const end = commit < to ? (times[commit + 1] ?? answeredAt) : answeredAt;
        moments.push({ commit, time: begin });
        if (end > begin) moments.push({ commit, time: end });
      }
      return moments;
    },
  };
}

/** What was so after so many commits: the trail is in their order, and the answer mostly near its end. */
function standAt<T>(trail: readonly Stand<T>[] | undefined, { commit }: Moment): T | undefined {
  return trail?.findLast((stand) => stand.commit <= commit)?.value;
}

function within<T>(trail: readonly Stand<T>[] | undefined, { from, to }: Span): T[] {
  const found: T[] = [];
  for (let index = (trail?.length ?? 0) - 1; index >= 0; index -= 1) {
    const stand = trail?.[index];
    if (!stand || stand.commit <= from) break;
    if (stand.commit <= to) found.push(stand.value);
  }
  return found;
}
