import type { EngineContext } from '../engine.ts';
import { advancing } from './advance.ts';
import { executionVerbs } from './executions.ts';
import { jobVerbs } from './jobs.ts';
import { operationVerbs } from './operations.ts';
import { loadState, type RunQuotas, type RunSettings } from './state.ts';

export { logLabels, logName, resourceOf } from './events.ts';
export type { Overrides } from './executions.ts';
export type { CreateJob, UpdateJob } from './jobs.ts';
export { parseExecution, shortName, taskName } from './names.ts';
export { googleQuotas, type RunQuotas, type RunSettings } from './state.ts';
export type * from './types.ts';

/**
 * Cloud Run jobs as a state machine: jobs, executions with one task each, and long-running operations, with Google's
 * refusals. Its actions are processes to start and signals to send; what becomes of them is reported back.
 *
 * Executions that an earlier process of the local cloud had in flight end as failed when actions are first taken,
 * unless their container was reported `started` or `exited` before.
 */
export function createRunEngine(context: EngineContext, settings: RunSettings) {
  const state = loadState(context, settings);
  return {
    ...jobVerbs(state),
    ...executionVerbs(state),
    ...operationVerbs(state),
    ...advancing(state),
    /** Changes what is refused with RESOURCE_EXHAUSTED. */
    limit: (quotas: Partial<RunQuotas>): void => void Object.assign(state.quotas, quotas),
  };
}

export type RunEngine = ReturnType<typeof createRunEngine>;
