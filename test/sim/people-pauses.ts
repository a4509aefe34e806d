import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Tell } from './people-api.ts';

/** Whose word about the whole project it is, beside those about agents. */
export const all = 'project';

/** Words about pauses, and whether they are kept. */
export function createPauses(ledger: Ledger, tell: Tell) {
  /** Words so far, by whom they are about, and how many of them have no answer. */
  const words = new Map<string, { said: number; open: number }>();

  const isPaused = (whom: string): boolean => {
    const paused = whom === all ? ledger.halts.now().paused : ledger.agent(whom).paused;
    return paused !== null;
  };
  return {
    isPaused,
    /** Whoever is answered finds it so, if nobody else had a word in it meanwhile. */
    say: async (whom: string, verb: 'pause' | 'resume'): Promise<void> => {
      const word = words.get(whom) ?? { said: 0, open: 0 };
      words.set(whom, word);
      word.said += 1;
      word.open += 1;
      const { said } = word;
      const isAlone = word.open === 1;
      const what = `${verb} ${whom}`;
      const path = whom === all ? `/v1/project/${verb}` : `/v1/agents/${whom}/${verb}`;
      const told = await tell({ what, path });
      // Without an answer it may yet take effect: the word stays open.
      if (told === undefined) return;
      word.open -= 1;
      if (told.status !== 200 || !isAlone || word.said !== said) return;
      const isBySelf = whom !== all && ledger.agent(whom).paused?.by === 'drover';
      const isSo = isPaused(whom) === (verb === 'pause') || isBySelf;
      hold(isSo, 'pausing', `${what} was answered, and is not so`);
    },
  };
}
