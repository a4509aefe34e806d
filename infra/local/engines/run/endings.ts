import { codes } from '../engine.ts';
import { emitEnding } from './events.ts';
import { shortName } from './names.ts';
import { settleOperations } from './operations.ts';
import type { RunState } from './state.ts';
import type { Attempt, ExecutionRecord, Exited, Readiness } from './types.ts';

type Outcome = NonNullable<ExecutionRecord['over']>['outcome'];

/** How an attempt ended, in Cloud Run's words. A container that was stopped did not succeed, whatever its exit code. */
export function attemptOf({ stop }: ExecutionRecord, how: Exited): Attempt {
  if (stop?.why === 'timeout')
    return {
      code: codes.DEADLINE_EXCEEDED,
      message: 'The configured timeout was reached.',
      ...how,
    };
  if (stop) return { code: codes.CANCELLED, message: 'The execution was cancelled.', ...how };
  if ('signal' in how)
    return {
      code: codes.UNKNOWN,
      message: `The container was terminated by signal ${how.signal}.`,
      ...how,
    };
  if (how.exitCode === 0) return { code: 0, message: '', ...how };
  return { code: codes.UNKNOWN, message: 'The container exited with an error.', ...how };
}

/** What becomes of an execution whose last attempt is over. */
export function endExecution(state: RunState, execution: ExecutionRecord, attempt: Attempt): void {
  const stopped = execution.stop?.why;
  const asked = stopped === 'cancelled' || stopped === 'deleted';
  const outcome = asked ? 'cancelled' : attempt.code === 0 ? 'succeeded' : 'failed';
  end(state, { ...execution, lastAttempt: attempt }, outcome);
}

/** Ends an execution whose container is not to be started any more. */
export function endPending(state: RunState, execution: ExecutionRecord): void {
  end(state, execution, 'cancelled');
}

function end(state: RunState, execution: ExecutionRecord, outcome: Outcome): void {
  const at = state.context.now();
  const ended: ExecutionRecord = { ...execution, phase: 'over' };
  ended.over = { at, outcome, message: endMessage(execution, outcome, at) };
  state.live.delete(ended.name);
  state.orphans.delete(ended.name);
  state.saveExecution(ended);
  settleJob(state, ended);
  emitEnding(state, ended);
  if (ended.deleted) state.dropExecution(ended.name);
  settleOperations(state);
}

/** Says to the job, when it waits for this execution, that it started or is over. */
export function settleJob(state: RunState, execution: ExecutionRecord): void {
  const job = state.jobs.get(execution.job);
  const reconciled = job && job.observedGeneration === job.generation;
  if (!reconciled || job.latest !== execution.name || job.ready.state !== 'CONDITION_PENDING')
    return;
  const waitsForEnd = job.spec.runExecutionToken !== undefined;
  const arrived = waitsForEnd
    ? execution.over?.outcome === 'succeeded'
    : execution.startedAt !== undefined;
  if (!arrived && !execution.over) return;
  const at = state.context.now();
  const ready: Readiness = arrived
    ? { state: 'CONDITION_SUCCEEDED', at }
    : { state: 'CONDITION_FAILED', at, message: execution.over?.message ?? '' };
  state.saveJob({ ...job, ready });
}

function endMessage(execution: ExecutionRecord, outcome: Outcome, at: number): string {
  const name = shortName(execution.name);
  const attempt = execution.lastAttempt;
  if (outcome === 'cancelled') return `Execution ${name} was cancelled.`;
  if (outcome === 'succeeded') {
    const seconds = (at - (execution.startedAt ?? at)) / 1000;
    return `Execution completed successfully in ${seconds.toFixed(2)}s.`;
  }
  return `Task ${name}-task0 failed with exit code: ${attempt?.exitCode ?? 0} and message: ${attempt?.message}`;
}
