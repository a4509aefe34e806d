import { longestHead } from '../../shared/runs/long-text.ts';
import { longestStatus } from '../../shared/runs/signal.ts';
import type { Agent } from './agents.ts';
import type { Word } from './judge-signal.ts';

/** Says something of itself, in a burst that is sometimes faster than it can be written. */
export async function tellSomething(agent: Agent): Promise<void> {
  const { chance } = agent;
  const isBurst = chance.strikes('a burst of signals', 0.3);
  const said: Promise<void>[] = [];
  for (let left = isBurst ? chance.between(3, 12) : 1; left > 0; left -= 1) {
    said.push(signal(agent));
    if (left > 1) await agent.sleep(chance.between(1, 100));
  }
  await Promise.all(said);
}

/** One status, return value, or wish to run again. */
export async function signal(agent: Agent): Promise<void> {
  const { chance, judge, run } = agent;
  const kind = chance.pick(['status', 'status', 'return', 'return', 'return', 'rerun'] as const);
  const text = kind === 'rerun' ? '' : someText(agent, kind);
  const isHeard = judge.signals.says(run, kind, text);
  const field = { status: { text }, return: { value: text }, rerun: {} }[kind];
  await agent.ask({
    what: `say a ${kind}`,
    path: `/signals/${kind}`,
    body: field,
    judge: ({ status }) => {
      if (status === 200) isHeard();
    },
  });
}

/** A text of any length that is let through, so that what JSON escapes and what takes four bytes is among it. */
function someText({ chance }: Agent, kind: Exclude<Word, 'rerun' | 'line'>): string {
  const letter = chance.pick(['a', '"', '火', '😀']);
  const longest = kind === 'status' ? longestStatus : 2 * longestHead;
  const length = chance.happens(0.2) ? longest / letter.length : chance.spread(1, 40);
  return letter.repeat(length);
}
