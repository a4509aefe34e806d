import type { Killed } from '../../shared/runs/kill.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { Misdeed } from './blame.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Tell } from './people-api.ts';

interface Surroundings {
  ledger: Ledger;
  tell: Tell;
  outside: { blame(whom: string, what: Misdeed): void };
}

/** What somebody wants to be killed, and what comes of it. */
export function createKills({ ledger, tell, outside }: Surroundings) {
  const killed = new Map<string, Killed>();

  const hear = (run: string, answer: Killed): void => {
    const { state, stop } = ledger.runs.get(run)?.data ?? {};
    if (state === undefined) return;
    const told = `${run} is ${state}, and somebody was told ${answer}`;
    if (answer === 'cancelled') hold(state === 'cancelled', 'kill', told, run);
    else if (answer === 'killed' || answer === 'over') hold(isOver(state), 'kill', told, run);
    else hold(state === 'ending' || isOver(state), 'kill', told, run);
    if (answer === 'stopping' || answer === 'killed') hold(stop !== null, 'kill', told, run);
    if (answer !== 'over' && answer !== 'unknown') killed.set(run, answer);
  };
  return {
    kill: async (run: string): Promise<void> => {
      outside.blame(run, 'killed the run');
      const path = `/v1/runs/${run}/kill`;
      const told = await tell<{ outcome: Killed }>({ what: `kill ${run}`, path });
      if (told?.status === 200) hear(run, told.body.outcome);
    },
    killAll: async (agent: string, queued: boolean): Promise<void> => {
      outside.blame(agent, 'killed the run');
      const what = `kill ${agent}${queued ? ' and its queue' : ''}`;
      const wish = { what, path: `/v1/agents/${agent}/kill`, body: { queued } };
      const told = await tell<{ runs: { [run: string]: Killed } }>(wish);
      if (told?.status !== 200) return;
      for (const [run, answer] of Object.entries(told.body.runs)) hear(run, answer);
    },
    judgeAnswers: (): void => {
      for (const [run, answer] of killed) {
        const { state, reason } = ledger.runs.get(run)?.data ?? {};
        const isOwn = answer === 'cancelled' ? reason === 'killed' : state !== 'cancelled';
        hold(isOwn, 'kill', `${run} was told to be ${answer} and is ${state} for ${reason}`, run);
      }
    },
  };
}
