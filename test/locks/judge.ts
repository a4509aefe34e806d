import type { Acquired } from '../../shared/locks/acquire.ts';
import type { Kept } from '../../shared/locks/heartbeat.ts';
import { type Lock, longestTtl } from '../../shared/locks/lock.ts';
import type { Released } from '../../shared/locks/release.ts';
import type { Moment } from './history.ts';

/** What a run asked and was answered. */
export type Asked = {
  run: string;
  key: string;
  answer: Acquired | Released | Kept;
  /** The moments at which it was asked and answered, as numbers of moments. */
  from: number;
  to: number;
};

/** Who holds a lock at a moment. */
function holderAt({ time, over }: Moment, lock: Lock | undefined): string | undefined {
  if (!lock?.holder || time >= lock.until.getTime() || over.has(lock.holder)) return undefined;
  return lock.holder;
}

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
    if (!holds) wrong.push(`${what}, by ${after.by}`);
  };
  const fence = old?.fence ?? 0;
  const isSame =
    lock.holder === old?.holder &&
    lock.fence === fence &&
    lock.takenAt.getTime() === old.takenAt.getTime();
  const isNew = lock.holder !== null && !isSame;
  const isLost = Boolean(old?.holder) && (isNew || lock.holder === null);
  hold(lock.fence === fence + (isNew ? 1 : 0), `the fence went from ${fence} to ${lock.fence}`);
  if (isNew) hold(after.by === lock.holder, `${lock.holder} was given it`);
  if (old && isLost) {
    const lapsed = after.time >= old.until.getTime();
    const dead = after.over.has(old.holder ?? '');
    const broken = !isNew && after.by === 'operator';
    const given = !isNew && after.by === old.holder;
    hold(lapsed || dead || broken || given, `${old.holder} lost it`);
    hold(lock.last?.fence === old.fence, `nobody wrote down that ${old.holder} had it`);
  }
  const isOther = old && lock.until.getTime() !== old.until.getTime();
  if (isOther && !isNew && !isLost) hold(after.by === lock.holder, 'it got another time');
  const longest = lock.until.getTime() - lock.takenAt.getTime();
  hold(longest <= longestTtl * 1_000, `${lock.holder} has it for too long`);
  return wrong;
}

/** What is wrong with an answer: it must have been true at some moment between question and answer. */
export function judgeAnswer(asked: Asked, moments: readonly Moment[]): string[] {
  const { run, key, answer, from, to } = asked;
  const during = moments.slice(from, to + 1);
  const isTrue = during.some((moment, index) => isTrueAt(moment, during[index - 1], asked));
  // What is kept had not run out. (That its run ended just then is harmless: what it has is dead, D8.)
  const wasHeld =
    answer.outcome !== 'kept' ||
    during.some(({ time, locks }) => {
      const lock = locks.get(key);
      return lock?.holder === run && lock.fence === answer.fence && time < lock.until.getTime();
    });
  return isTrue && wasHeld ? [] : [`${run} asked for ${key}: ${JSON.stringify(answer)}`];
}

function isTrueAt(moment: Moment, before: Moment | undefined, asked: Asked): boolean {
  const { run, key, answer } = asked;
  const lock = moment.locks.get(key);
  const holder = holderAt(moment, lock);
  switch (answer.outcome) {
    case 'acquired':
      return lock?.holder === run && lock.fence === answer.fence;
    case 'kept':
      return lock?.fence === answer.fence && lock.until.getTime() === answer.until;
    case 'released':
      return before?.locks.get(key)?.holder === run && lock?.holder === null && moment.by === run;
    case 'held':
      return holder === answer.holder && holder !== run;
    case 'no such lock':
      return holder === undefined;
    case 'deadlock':
      return isRing(moment, run, key, answer.cycle);
    case 'no such run':
      return moment.over.has(run);
  }
}

/** Whether each run of a ring holds what the one before it wants, and all but the first are known to wait. */
function isRing(moment: Moment, run: string, key: string, cycle: readonly string[]): boolean {
  if (cycle[0] !== run || cycle[1] !== key || cycle.length < 4) return false;
  for (let index = 0; index < cycle.length; index += 2) {
    const [from = '', wanted = ''] = cycle.slice(index, index + 2);
    const next = cycle[index + 2] ?? run;
    const wait = moment.waits.get(from);
    const waits = wait?.key === wanted && moment.time < wait.until.getTime();
    if (!waits && index > 0) return false;
    if (holderAt(moment, moment.locks.get(wanted)) !== next) return false;
  }
  return true;
}
