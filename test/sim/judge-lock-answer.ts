import { hold } from './laws.ts';
import type { LockTrail, Span } from './lock-trail.ts';

/** A question about a lock: who asked, for what, and when. */
export interface LockQuestion {
  run: string;
  key: string;
  span: Span;
}

/** Judges what somebody was told of a lock: it was so at some moment while he asked. */
export function createLockAnswers(trail: LockTrail) {
  const said = ({ run, key }: LockQuestion, what: string): string =>
    `${run} asked for ${key} and was told: ${what}`;

  return {
    /** He has it, under this fence: his request, or the part of it that took effect, has written so. */
    hasIt: (question: LockQuestion, fence: unknown): void => {
      const { run, key, span } = question;
      const isSo = trail
        .locksIn(key, span)
        .some((lock) => lock.holder === run && lock.fence === fence);
      hold(isSo, 'lockAnswers', said(question, `it is yours (${fence})`), run);
    },
    hasGivenBack: (question: LockQuestion): void => {
      const { run, key, span } = question;
      const isSo = trail
        .locksIn(key, span)
        .some(({ holder, last }) => holder === null && last?.holder === run);
      hold(isSo, 'lockAnswers', said(question, 'it is given back'), run);
    },
    isHeldBy: (question: LockQuestion, holder: unknown, since?: unknown): void => {
      const { run, key, span } = question;
      const isSo = trail.momentsIn(span).some((moment) => {
        const lock = trail.heldAt(key, moment);
        const isSince = since === undefined || lock?.since.getTime() === since;
        return lock?.holder === holder && lock?.holder !== run && isSince;
      });
      hold(isSo, 'lockAnswers', said(question, `${holder} has it since ${since}`), run);
    },
    isFree: (question: LockQuestion): void => {
      const { run, key, span } = question;
      const isSo = trail.momentsIn(span).some((moment) => !trail.heldAt(key, moment));
      hold(isSo, 'lockAnswers', said(question, 'nobody has it'), run);
    },
    /** An operator was told that the lock is broken, or that nobody held it. */
    wasBroken: ({ key, span }: Omit<LockQuestion, 'run'>, holder: unknown): void => {
      const isSo = trail
        .locksIn(key, span)
        .some(({ last }) => last?.loss === 'broken' && last.holder === holder);
      hold(isSo, 'break', `${key} was not taken from ${holder}, who was named`);
    },
  };
}
