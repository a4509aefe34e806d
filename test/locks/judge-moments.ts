import { type Lock, longestTtl } from '../../shared/locks/lock.ts';
import type { Moment } from './moments.ts';
import type { Operation } from './operation.ts';

/** What is wrong with how locks went from each moment to the next. */
export function judgeSteps(moments: readonly Moment[]): string[] {
  return moments.slice(1).flatMap((after, index) => {
    const before = moments[index];
    if (!before) return [];
    return [...after.locks].flatMap(([key, lock]) =>
      judgeStep(after, before.locks.get(key), lock).map((wrong) => `${key}: ${wrong}`),
    );
  });
}

function judgeStep(after: Moment, old: Lock | undefined, lock: Lock): string[] {
  const wrong: string[] = [];
  const hold = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(`${what}, at #${after.at.order}`);
  };
  const fence = old?.fence ?? 0;
  const isSame =
    lock.holder === old?.holder &&
    lock.fence === fence &&
    lock.takenAt.getTime() === old.takenAt.getTime();
  const isNew = lock.holder !== null && !isSame;
  const isLost = Boolean(old?.holder) && (isNew || lock.holder === null);
  hold(lock.fence === fence + (isNew ? 1 : 0), `the fence went from ${fence} to ${lock.fence}`);
  if (old && isLost) {
    const lapsed = after.at.time >= old.until.getTime();
    const dead = after.over.has(old.holder ?? '');
    hold(!isNew || lapsed || dead, `${lock.holder} took it from ${old.holder}`);
    hold(lock.last?.fence === old.fence, `nobody wrote down that ${old.holder} had it`);
  }
  const longest = lock.until.getTime() - lock.takenAt.getTime();
  hold(longest <= longestTtl * 1_000, `${lock.holder} has it for too long`);
  return wrong;
}

/** What is wrong with answers that tell of deadlocks: each ring must have stood, all of it, at some moment before the answer. */
export function judgeRings(history: readonly Operation[], moments: readonly Moment[]): string[] {
  return history.flatMap(({ run, key, answer, from, to }) => {
    if (answer?.outcome !== 'deadlock' || key === null) return [];
    const first = moments.findLastIndex(({ at }) => at.order < from.order);
    const during = moments
      .slice(Math.max(first, 0))
      .filter(({ at }) => at.order < (to?.order ?? 0));
    const stood = during.some((moment) => isRing(moment, run, key, answer.cycle));
    return stood ? [] : [`#${from.order} ${run} was told of no ring: ${answer.cycle.join(' → ')}`];
  });
}

/** Whether each run of a ring holds what the one before it wants, and all but the first are known to wait. */
function isRing(moment: Moment, run: string, key: string, cycle: readonly string[]): boolean {
  if (cycle[0] !== run || cycle[1] !== key || cycle.length < 4) return false;
  const { time } = moment.at;
  for (let index = 0; index < cycle.length; index += 2) {
    const [from = '', wanted = ''] = cycle.slice(index, index + 2);
    const wait = moment.waits.get(from);
    const waits = wait?.key === wanted && time < wait.until.getTime();
    if (!waits && index > 0) return false;
    if (holderAt(moment, wanted) !== (cycle[index + 2] ?? run)) return false;
  }
  return true;
}

/** Who holds a lock at a moment. */
function holderAt({ at, over, locks }: Moment, key: string): string | undefined {
  const lock = locks.get(key);
  if (!lock?.holder || at.time >= lock.until.getTime() || over.has(lock.holder)) return undefined;
  return lock.holder;
}
