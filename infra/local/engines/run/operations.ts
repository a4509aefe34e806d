import { codes, EngineError } from '../engine.ts';
import { notFound, uuid } from './names.ts';
import { paged } from './pages.ts';
import type { RunState } from './state.ts';
import type { Operation, OperationRecord, OperationResult } from './types.ts';
import { viewExecution, viewJob } from './views.ts';

/** Makes an operation on what `record` names; settled at once when there is nothing to wait for. */
export function openOperation(state: RunState, record: Omit<OperationRecord, 'name'>): Operation {
  const operation: OperationRecord = {
    name: `${state.location}/operations/${uuid(state.context.random)}`,
    ...record,
  };
  state.saveOperation(operation);
  settleOperations(state);
  return viewOperation(state, state.operations.get(operation.name) ?? operation);
}

/** Gives every operation whose wait is over its result. To be called when a job or execution has changed. */
export function settleOperations(state: RunState): void {
  for (const name of [...state.open]) {
    const operation = state.operations.get(name);
    const result = operation && resultOf(state, operation);
    if (!operation || !result) continue;
    state.saveOperation({ ...operation, result, last: resource(state, operation) });
  }
}

function resultOf(state: RunState, operation: OperationRecord): OperationResult | undefined {
  if (operation.awaits) return afterExecutions(state, operation, operation.awaits);
  const job = state.jobs.get(operation.target);
  // Deleted in the meantime: nothing will ever make it ready.
  if (!job) return failure('ABORTED', 'The job was deleted.');
  const { ready } = job;
  if (ready.state === 'CONDITION_SUCCEEDED') return { ok: true };
  if (ready.state === 'CONDITION_PENDING') return undefined;
  const code = ready.reason === 'SECRETS_ACCESS_CHECK_FAILED' ? 'PERMISSION_DENIED' : 'NOT_FOUND';
  return failure(ready.reason === undefined ? 'ABORTED' : code, ready.message ?? '');
}

function afterExecutions(
  state: RunState,
  { verb }: OperationRecord,
  { executions, until }: NonNullable<OperationRecord['awaits']>,
): OperationResult | undefined {
  for (const name of executions) {
    const execution = state.executions.get(name);
    // Gone is over; an operation that deletes waits for just that.
    if (!execution || (until === 'started' && execution.startedAt !== undefined)) continue;
    if (!execution.over) return undefined;
    // Cloud Run reports a cancelled container's own failure as the failure of the cancelling, too.
    if (execution.over.outcome !== 'succeeded' && verb !== 'delete')
      return failure('ABORTED', execution.lastAttempt?.message ?? execution.over?.message ?? '');
  }
  return { ok: true };
}

function failure(code: keyof typeof codes, message: string): OperationResult {
  return { error: { code: codes[code], message } };
}

function resource(state: RunState, operation: OperationRecord): OperationRecord['last'] {
  const job = state.jobs.get(operation.target);
  const execution = state.executions.get(operation.target);
  if (operation.verb === 'delete') return operation.last;
  if (job) return { job: viewJob(state, job) };
  return execution ? { execution: viewExecution(execution) } : operation.last;
}

function viewOperation(state: RunState, operation: OperationRecord): Operation {
  const { name, result, last } = operation;
  return {
    name,
    resource: result ? last : resource(state, operation),
    done: result !== undefined,
    ...(result && 'error' in result ? { error: result.error } : {}),
  };
}

/** The verbs of google.longrunning.Operations. */
export function operationVerbs(state: RunState) {
  const find = (name: string): OperationRecord => {
    const operation = state.operations.get(name);
    if (!operation) throw notFound(name);
    return operation;
  };
  return {
    getOperation: ({ name }: { name: string }): Operation => viewOperation(state, find(name)),

    /** Answers with the operation as it is: like Google's, it may answer before the operation is done. */
    waitOperation: ({ name }: { name: string }): Operation => viewOperation(state, find(name)),

    listOperations: (request: { name: string; pageSize?: number; pageToken?: string }) => {
      if (request.name !== state.location)
        throw new EngineError('INVALID_ARGUMENT', `name: "${request.name}" is no location`);
      const { items, nextPageToken } = paged(state.operations.values(), request, (one) => one.name);
      return { operations: items.map((one) => viewOperation(state, one)), nextPageToken };
    },
  };
}
