import type { Agent } from './agents.ts';

/** What a container prints: a line of text, or a JSON object on one line. */
export type Printed = { text: string } | { json: { [field: string]: unknown } };

/** Prints some lines: what agents say to nobody, and what the contract reads in them. */
export async function printSomething(agent: Agent): Promise<void> {
  const { chance } = agent;
  const isBurst = chance.strikes('a burst of lines', 0.2);
  for (let left = isBurst ? chance.between(5, 25) : chance.between(1, 3); left > 0; left -= 1) {
    agent.print(someLine(agent));
    if (!isBurst || chance.happens(0.2)) await agent.sleep(chance.spread(1, 2_000));
  }
}

function someLine(agent: Agent): Printed {
  const { chance } = agent;
  const kind = chance.fraction();
  if (kind < 0.2) return { json: someUsage(agent) };
  if (kind < 0.35) return { json: someReturn(agent) };
  if (kind < 0.5) return { json: { _log: true, level: 'info', msg: 'assistant', text: 'Baa.' } };
  return { text: chance.pick(['Counting sheep.', '', '火'.repeat(300), '{"_log":true']) };
}

/** Each turn says what all have used so far; some accounts are not to be believed. */
function someUsage(agent: Agent): { [field: string]: unknown } {
  const { chance } = agent;
  const cost = chance.pick([0.25, 0.25, 1e9, '1']);
  agent.turns += 1;
  const tokens = { inputTokens: 1_000 * agent.turns, outputTokens: 100 * agent.turns };
  return { _log: true, msg: 'token-usage', ...tokens, cost, turnCount: agent.turns };
}

function someReturn({ chance, judge, run }: Agent): { [field: string]: unknown } {
  const value = `${chance.between(1, 99)} sheep`;
  judge.signals.says(run, 'line', value);
  return { _log: true, msg: 'signal-result', type: 'return', value };
}
