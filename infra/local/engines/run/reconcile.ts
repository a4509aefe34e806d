import { EngineError } from '../engine.ts';
import { createExecution } from './executions.ts';
import { shortName } from './names.ts';
import { settleOperations } from './operations.ts';
import { readMounts, readVariables } from './secrets.ts';
import type { RunState } from './state.ts';
import type { JobRecord, Readiness } from './types.ts';

/** Looks at the newest generation of a job: ready, refused, or waiting for the execution that its token starts. */
export function reconcile(state: RunState, name: string): void {
  state.reconciling.delete(name);
  const job = state.jobs.get(name);
  if (!job) return;
  const at = state.context.now();
  const seen: JobRecord = { ...job, observedGeneration: job.generation, updatedAt: at };
  const refusal = refusalOf(state, job);
  const token = job.spec.startExecutionToken ?? job.spec.runExecutionToken;
  if (refusal) {
    state.saveJob({ ...seen, ready: { ...refusal, at } });
  } else if (token !== undefined) {
    const id = `${shortName(name)}-${token}`;
    createExecution(state, seen, id, job.spec.template.template);
  } else {
    state.saveJob({ ...seen, ready: { state: 'CONDITION_SUCCEEDED', at } });
  }
  settleOperations(state);
}

/** The job stays, refused: nothing of it starts, and its maker has to delete it. */
function refusalOf(state: RunState, job: JobRecord): Omit<Readiness, 'at'> | undefined {
  const { settings } = state;
  const { spec } = job;
  const template = spec.template.template;
  const image = template.containers[0]?.image ?? '';
  if (!settings.imageExists(image, { ...spec.labels, ...spec.template.labels }))
    return {
      state: 'CONDITION_FAILED',
      reason: 'CONTAINER_MISSING',
      message: `Image '${image}' not found.`,
    };
  try {
    readVariables(settings, template);
    readMounts(settings, template);
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return {
      state: 'CONDITION_FAILED',
      reason: 'SECRETS_ACCESS_CHECK_FAILED',
      message: error.message,
    };
  }
}
