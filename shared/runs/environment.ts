import { agentConfig, longestVariable } from '../projects/agent-config.ts';
import type { Agent } from '../projects/project.ts';
import type { Settings } from '../settings.ts';
import { webhookPrompt } from './prompt.ts';
import type { Run } from './run.ts';

/** The variables of a run's container that are no secret (the agent contract's names). */
export function environment(
  settings: Settings,
  agent: Agent,
  run: Run,
): { [name: string]: string } {
  return {
    GATEWAY_URL: settings.gatewayUrl,
    PROMPT: webhookPrompt(run.context, longestVariable),
    AGENT_CONFIG: agentConfig(run.agent, agent),
    TIMEOUT_SECONDS: String(agent.timeout),
  };
}
