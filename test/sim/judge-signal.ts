import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { Case } from './case.ts';
import { afterEnd, hold } from './laws.ts';
import type { RunChange } from './ledger.ts';

/** What a run says of itself, by a signal or by a line of its log. */
export type Word = 'status' | 'return' | 'rerun' | 'line';

/** Judges what runs say of themselves: what is on a run was said by it, and what was answered with yes is on it. */
export function createSignalJudge(commits: () => number) {
  /** All that a run ever said, by run and kind: what hung may arrive at any time. */
  const said = new Map<string, Set<string>>();
  /** The last commit that has put something of a kind on a run. */
  const heard = new Map<string, number>();

  const hear = (run: string, word: Word, commit: number, fits: (text: string) => boolean): void => {
    const isKnown = [...(said.get(`${run} ${word}`) ?? [])].some(fits);
    hold(isKnown, 'signals', `${run} has a ${word} that it never said`, run);
    heard.set(`${run} ${word}`, commit);
  };
  const judgeChange = ({ entry, before, fields }: RunChange, commit: number): void => {
    const { id, data } = entry;
    if (fields.includes('status')) hear(id, 'status', commit, (text) => text === data.status);
    if (fields.includes('rerunRequested')) hear(id, 'rerun', commit, () => data.rerunRequested);
    if (!fields.includes('returnedBy')) return;
    const word = data.returnedBy === 'log' ? 'line' : 'return';
    const isOutdone = word === 'line' && before?.returnedBy === 'signal';
    hold(!isOutdone, 'signals', `${id} had returned a value, and its log took it back`, id);
    hear(id, word, commit, (text) => isBeginning(data, text));
  };

  return {
    judge: ({ committed, caller }: Case): void => {
      for (const change of committed.runs) {
        const { entry, before, fields } = change;
        if (!before) continue;
        const isSilent = !isOver(before.state) || caller.function !== 'gateway';
        const wrong = isSilent ? [] : fields.filter((field) => !afterEnd.has(field));
        const what = `${entry.id} is over, and what it says changed ${wrong}`;
        hold(wrong.length === 0, 'signals', what, entry.id);
        judgeChange(change, committed.number);
      }
    },
    /**
     * A run says something. Answers with what is to be called when it is answered with yes: of several of one kind that are on
     * their way at once, one may stand for all.
     */
    says: (run: string, word: Word, text: string): (() => void) => {
      const name = `${run} ${word}`;
      said.set(name, (said.get(name) ?? new Set()).add(text));
      const from = commits();
      return () => {
        const isHeard = (heard.get(name) ?? 0) > from;
        hold(isHeard, 'signals', `${run} said a ${word}, heard yes, and nothing came of it`, run);
      };
    },
    /** Whether a run has ever returned this value. */
    hasReturned: (run: string, value: string): boolean =>
      (['return', 'line'] as const).some((word) => said.get(`${run} ${word}`)?.has(value)),
  };
}

export type SignalJudge = ReturnType<typeof createSignalJudge>;

/** Whether what a run's document has of a value is the value, or the beginning of one that is too long for it. */
function isBeginning({ returnValue, returnBytes }: Run, value: string): boolean {
  const isSame = returnBytes === Buffer.byteLength(value);
  return isSame && returnValue !== null && value.startsWith(returnValue);
}
