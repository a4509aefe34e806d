import type { Agent } from '../projects/project.ts';
import type { Settings } from '../settings.ts';
import { webhookPrompt } from './prompt.ts';
import type { Run } from './run.ts';

/** Longest value of a variable, in bytes (Cloud Run, `EnvVar.value`). */
export const longestVariable = 32_768;

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

/** The agent's configuration as its container reads it: JSON with the instructions as `_skillBody`. */
export function agentConfig(name: string, agent: Agent): string {
  return JSON.stringify({
    name,
    description: agent.description,
    credentials: agent.credentials,
    models: agent.models,
    params: JSON.parse(agent.params) as unknown,
    scale: agent.scale,
    timeout: agent.timeout,
    _skillBody: agent.skill,
  });
}
