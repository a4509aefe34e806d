import type { Lock } from '../../shared/locks/lock.ts';
import { holdsSlot, isOver } from '../../shared/runs/states.ts';
import type { Case } from './case.ts';
import { createDeadlockJudge } from './judge-deadlock.ts';
import { createLockAnswers } from './judge-lock-answer.ts';
import { hold } from './laws.ts';
import { createLockTrail } from './lock-trail.ts';

/** Judges who holds what: one at a time, each under a fence of its own, and who is told what of it. */
export function createLockJudge() {
  const trail = createLockTrail();
  const locks = new Map<string, Lock>();
  /** When the present holder's tenure was committed, by path, in ms since the epoch. */
  const heldSince = new Map<string, number>();
  /** Runs that have asked to give a key back, and keys that an operator has asked to break. */
  const givenBack = new Set<string>();
  const broken = new Set<string>();

  const judgeChange = (given: Case, before: Lock, after: Lock): void => {
    const { ledger, caller, now } = given;
    const { key } = before;
    const what = `${key}: ${before.holder} (${before.fence}), then ${after.holder} (${after.fence})`;
    const run = before.holder ?? undefined;
    hold(after.fence >= before.fence, 'fences', what, run);
    const isNewTenure = after.holder !== null && after.takenAt > before.takenAt;
    const isOther = after.holder !== null && after.holder !== before.holder;
    if (isNewTenure || isOther) hold(after.fence > before.fence, 'fences', what, run);
    if (before.holder === null || before.holder === after.holder) return;
    const holder = ledger.runs.get(before.holder);
    const isAlive =
      holder !== undefined && ledger.isInFlight(holder) && before.until.getTime() > now;
    if (after.holder === null && after.last?.loss === 'broken') judgeBreak(given, what, key);
    else if (isAlive) {
      // Who lives gives it back itself.
      const isGivenBack =
        after.holder === null &&
        caller.function === 'gateway' &&
        givenBack.has(`${before.holder} ${key}`);
      hold(isGivenBack, 'locks', `${what}, by ${caller.function}`, run);
    }
  };
  /** What a run takes while its end is being decided is dead at once (D8), and swept. */
  const judgeEnd = ({ since }: Case, run: string): void => {
    const kept = [...locks].find(
      ([path, { holder }]) => holder === run && (heldSince.get(path) ?? 0) < since,
    );
    hold(kept === undefined, 'released', `${run} is over and has ${kept?.[1].key}`, run);
  };
  const judgeBreak = ({ caller, committed }: Case, what: string, key: string): void => {
    const isAsked = caller.function === 'control' && broken.has(key);
    hold(isAsked, 'break', `${what}: broken by ${caller.function}`);
    const isAudited = committed.documents.some(
      ({ path, data }) => path.startsWith('audit/') && data.action === 'lock.break',
    );
    hold(isAudited, 'break', `${what}: broken, and the audit does not say so`);
  };
  return {
    judge: (given: Case): void => {
      trail.record(given);
      for (const { path, data } of given.committed.documents) {
        if (!path.startsWith('locks/')) continue;
        const after = data as Lock;
        const before = locks.get(path);
        if (before) judgeChange(given, before, after);
        const isNew = before?.holder !== after.holder || after.takenAt > before.takenAt;
        if (isNew) heldSince.set(path, given.now);
        locks.set(path, after);
      }
      for (const { entry, before } of given.committed.runs) {
        const isEnd = before !== undefined && holdsSlot(before.state) && isOver(entry.data.state);
        if (isEnd) judgeEnd(given, entry.id);
      }
    },
    answers: createLockAnswers(trail),
    deadlocks: createDeadlockJudge(trail),
    /** A run asks to give a key back. */
    givesBack: (run: string, key: string): void => void givenBack.add(`${run} ${key}`),
    /** An operator asks to break the lock of a key. */
    breaks: (key: string): void => void broken.add(key),
    /** Keys that are held by somebody, in the documents. */
    held: (): string[] =>
      [...locks.values()].flatMap(({ key, holder }) =>
        holder === null ? [] : [`${key} of ${holder}`],
      ),
  };
}

export type LockJudge = ReturnType<typeof createLockJudge>;
