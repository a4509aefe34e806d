import type { Labels } from '../ports/index.ts';

/** The label that names the run a resource was made for. */
export const runLabel = 'drover-run';

/** What every resource of a run carries: by it the sweep lists them all. */
export const runResource: Labels = { drover: 'run' };

/** An agent as a label: its first 63 characters, the longest that Google Cloud allows. */
export function agentLabel(agent: string): string {
  return agent.slice(0, 63);
}

/** Labels of everything that is made for a run. */
export function runLabels(runId: string, agent: string): Labels {
  return { ...runResource, [runLabel]: runId, 'drover-agent': agentLabel(agent) };
}
