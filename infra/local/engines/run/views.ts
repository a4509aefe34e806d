import { shortName } from './names.ts';
import type { RunState } from './state.ts';
import type { Condition, ExecutionRecord, ExecutionView, JobRecord, JobView } from './types.ts';

/** The job as its readers see it now. */
export function viewJob(state: RunState, record: JobRecord): JobView {
  const latest = record.latest === undefined ? undefined : state.executions.get(record.latest);
  const { state: ready, at, message, reason } = record.ready;
  const view: JobView = {
    record,
    terminalCondition: {
      type: 'Ready',
      state: ready,
      at,
      ...(message === undefined ? {} : { message }),
      ...(reason === undefined ? {} : { reason }),
    },
    reconciling: ready === 'CONDITION_PENDING',
  };
  if (latest && !latest.deleted) {
    view.latest = {
      name: shortName(latest.name),
      createdAt: latest.createdAt,
      status: completionStatus(latest),
      ...(latest.over ? { completedAt: latest.over.at } : {}),
    };
  }
  return view;
}

/** The execution as its readers see it now. */
export function viewExecution(record: ExecutionRecord): ExecutionView {
  const { over } = record;
  return {
    record,
    conditions: [completed(record), ...progress(record)],
    reconciling: !over,
    counts: {
      running: record.phase === 'running' ? 1 : 0,
      succeeded: over?.outcome === 'succeeded' ? 1 : 0,
      failed: over?.outcome === 'failed' ? 1 : 0,
      cancelled: over?.outcome === 'cancelled' ? 1 : 0,
      retried: record.attempt,
    },
  };
}

function completionStatus(execution: ExecutionRecord): NonNullable<JobView['latest']>['status'] {
  switch (execution.over?.outcome) {
    case 'succeeded':
      return 'EXECUTION_SUCCEEDED';
    case 'failed':
      return 'EXECUTION_FAILED';
    case 'cancelled':
      return 'EXECUTION_CANCELLED';
    case undefined:
      return execution.phase === 'running' ? 'EXECUTION_RUNNING' : 'EXECUTION_PENDING';
  }
}

function completed(record: ExecutionRecord): Condition {
  const { over, stop, lastAttempt } = record;
  if (!over) {
    const state = record.phase === 'running' ? 'CONDITION_RECONCILING' : 'CONDITION_PENDING';
    const pending: Condition = { type: 'Completed', state, at: record.createdAt };
    if (stop?.why === 'cancelled') pending.executionReason = 'CANCELLING';
    return pending;
  }
  const condition: Condition = {
    type: 'Completed',
    state: over.outcome === 'succeeded' ? 'CONDITION_SUCCEEDED' : 'CONDITION_FAILED',
    message: over.message,
    at: over.at,
  };
  if (over.outcome === 'cancelled')
    condition.executionReason = stop?.why === 'deleted' ? 'DELETED' : 'CANCELLED';
  else if (over.outcome === 'failed' && lastAttempt?.exitCode)
    condition.executionReason = 'NON_ZERO_EXIT_CODE';
  return condition;
}

function progress(record: ExecutionRecord): Condition[] {
  const reached = (type: string, at: number | undefined): Condition => ({
    type,
    state: at === undefined ? 'CONDITION_PENDING' : 'CONDITION_SUCCEEDED',
    at: at ?? record.createdAt,
  });
  return [
    reached('ContainerReady', record.createdAt),
    reached('ResourcesAvailable', record.startedAt),
    reached('Started', record.startedAt),
  ];
}
