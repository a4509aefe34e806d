import { isOver } from '../../shared/runs/states.ts';
import type { Agent } from './agents.ts';
import { hold } from './laws.ts';

/** Has itself shut down; whoever is answered with yes is not heard any more, though it may live for some seconds. */
export async function shutItselfDown(agent: Agent): Promise<void> {
  const { ledger, run } = agent;
  agent.blame('killed the run');
  await agent.ask({
    what: 'be shut down',
    path: '/shutdown',
    body: { reason: 'it has seen a secret' },
    judge: ({ status }) => {
      if (status !== 200) return;
      const data = ledger.runs.get(run)?.data;
      const isSilent = data?.shutDown === true && data.stop !== null;
      const isEnded = data !== undefined && isOver(data.state);
      hold(isSilent || isEnded, 'kill', `${run} was shut down, and is ${data?.state}`, run);
    },
  });
}
