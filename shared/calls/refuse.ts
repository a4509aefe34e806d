import { agentIn } from '../projects/project.ts';
import type { Release } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { originOf } from '../runs/trigger.ts';
import { defaultCallDepth } from './call.ts';

/** Longest name of an agent that is repeated to whoever asked for it. */
const longestName = 64;

/** The agents that stand above a run which `caller` calls for, each called by the one before it. */
export function chainBelow({ agent, trigger }: Pick<Run, 'agent' | 'trigger'>): string[] {
  const origin = originOf(trigger);
  return origin.type === 'call' ? [...origin.chain, agent] : [agent];
}

/**
 * Why `caller` cannot call `target`, in the agent contract's words and order; undefined: it can. A pause is no reason: what it
 * holds waits (D10). Pure.
 */
export function refusalOf(
  caller: Pick<Run, 'agent' | 'trigger'>,
  target: string,
  { agents, maxCallDepth = defaultCallDepth }: Pick<Release, 'agents' | 'maxCallDepth'>,
): string | undefined {
  if (target === caller.agent) return 'agent cannot call itself';
  const chain = chainBelow(caller);
  if (chain.length > maxCallDepth) return 'trigger depth limit reached';
  if (chain.includes(target))
    return `agent "${target}" is in the chain of calls already: ${chain.join(' > ')}`;
  const agent = agentIn({ agents }, target);
  if (!agent) return `target agent "${target.slice(0, longestName).toWellFormed()}" not found`;
  if (agent.scale === 0) return `target agent "${target}" is disabled`;
  return undefined;
}
