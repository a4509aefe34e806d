import type { Labels } from '../ports/index.ts';

/** The label that names the run a resource was made for. */
export const runLabel = 'drover-run';

/** What every resource of a run carries: by it the sweep lists them all. */
export const runResource: Labels = { drover: 'run' };

/** Labels of everything that is made for a run. Values are at most 63 characters (Google Cloud's rule for labels). */
export function runLabels(runId: string, agent: string): Labels {
  return { ...runResource, [runLabel]: runId, 'drover-agent': agent.slice(0, 63) };
}
