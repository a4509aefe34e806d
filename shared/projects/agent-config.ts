import type { Agent } from './project.ts';

/** Longest value of a variable, in bytes (Cloud Run, `EnvVar.value`). */
export const longestVariable = 32_768;

/** The agent's configuration as its container reads it: JSON with the instructions as `_skillBody`. */
export function agentConfig(name: string, agent: Agent): string {
  return JSON.stringify({
    name,
    description: agent.description,
    credentials: agent.credentials,
    credentialTypes: agent.credentialTypes,
    models: agent.models,
    params: JSON.parse(agent.params) as unknown,
    scale: agent.scale,
    timeout: agent.timeout,
    hooks: agent.hooks,
    _skillBody: agent.skill,
  });
}
