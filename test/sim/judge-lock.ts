import type { Lock } from '../../shared/locks/lock.ts';
import { type Case, hold } from './laws.ts';

/** Judges who holds what: one at a time, and each under a fence of its own. */
export function createLockJudge() {
  const locks = new Map<string, Lock>();
  /** Who had a key under a fence. */
  const tenures = new Map<string, string>();

  const judgeChange = (
    { ledger, caller, now }: Case,
    path: string,
    before: Lock,
    after: Lock,
  ): void => {
    const what = `${before.key}: ${before.holder} (${before.fence}), then ${after.holder} (${after.fence})`;
    const run = before.holder ?? undefined;
    hold(after.fence >= before.fence, 'fences', what, run);
    const isNewTenure = after.holder !== null && after.takenAt > before.takenAt;
    const isOther = after.holder !== null && after.holder !== before.holder;
    if (isNewTenure || isOther) hold(after.fence > before.fence, 'fences', what, run);
    if (before.holder === null || before.holder === after.holder) return;
    const holder = ledger.runs.get(before.holder);
    const isAlive =
      holder !== undefined && ledger.isInFlight(holder) && before.until.getTime() > now;
    // Who lives gives it back itself.
    const isGivenBack = after.holder === null && caller.function === 'gateway';
    hold(!isAlive || isGivenBack, 'locks', `${what}, by ${caller.function} (${path})`, run);
  };
  return {
    judge: (given: Case): void => {
      for (const { path, data } of given.committed.documents) {
        if (!path.startsWith('locks/')) continue;
        const after = data as Lock;
        const before = locks.get(path);
        if (before) judgeChange(given, path, before, after);
        locks.set(path, after);
        const { key, fence, holder } = after;
        if (holder !== null) tenures.set(`${key} ${fence}`, holder);
      }
    },
    holderOf: (key: string, fence: number) => tenures.get(`${key} ${fence}`),
    /** Keys that are held by somebody, in the documents. */
    held: (): string[] =>
      [...locks.values()].flatMap(({ key, holder }) =>
        holder === null ? [] : [`${key} of ${holder}`],
      ),
  };
}
