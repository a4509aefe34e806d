import type { protos } from '@google-cloud/run';
import type { ExecutionInfo, Exit, JobInfo } from '../../ports/index.ts';
import { lastSegment } from '../messages.ts';

type Job = protos.google.cloud.run.v2.IJob;
type Execution = protos.google.cloud.run.v2.IExecution;
type Task = protos.google.cloud.run.v2.ITask;
type Condition = protos.google.cloud.run.v2.ICondition;
type Timestamp = protos.google.protobuf.ITimestamp;

/** Enum values as each path of the client library gives them: a name from a call, a number out of an operation. */
const conditionFailed: ReadonlySet<unknown> = new Set(['CONDITION_FAILED', 3]);
const containerMissing: ReadonlySet<unknown> = new Set(['CONTAINER_MISSING', 6]);
const secretsRefused: ReadonlySet<unknown> = new Set(['SECRETS_ACCESS_CHECK_FAILED', 12]);
const stoppedByCaller: ReadonlySet<unknown> = new Set(['CANCELLED', 3, 'DELETED', 5]);

export function readJob(job: Job): JobInfo {
  const latest = job.latestCreatedExecution;
  const info: JobInfo = {
    id: lastSegment(job.name),
    labels: job.labels ?? {},
    createdAt: millis(job.createTime) ?? 0,
    executionOver: millis(latest?.completionTime) !== undefined,
  };
  if (latest?.name) info.execution = lastSegment(latest.name);
  // With an execution there is more to say than that the job is not ready: the execution's own ending.
  const refusal = latest?.name ? undefined : refusalOf(job.terminalCondition);
  if (refusal) info.refusal = refusal;
  return info;
}

/**
 * Over is only what has a completion time, runs nothing and is not being reconciled: each alone was seen
 * on executions that still changed.
 */
export function isOver(execution: Execution): boolean {
  return (
    millis(execution.completionTime) !== undefined &&
    (execution.runningCount ?? 0) === 0 &&
    !execution.reconciling
  );
}

/** @param task The execution's only task, when it is over and Cloud Run still had it. */
export function readExecution(execution: Execution, task: Task | undefined): ExecutionInfo {
  const info: ExecutionInfo = { name: lastSegment(execution.name) };
  const startedAt = millis(execution.startTime);
  if (startedAt !== undefined) info.startedAt = startedAt;
  if (!isOver(execution)) return info;
  const completed = execution.conditions?.find(({ type }) => type === 'Completed');
  const outcome = outcomeOf(execution, completed);
  const exit = exitOf(task, completed, outcome === 'succeeded');
  info.over = { at: millis(execution.completionTime) ?? 0, outcome, ...(exit && { exit }) };
  return info;
}

function outcomeOf(
  execution: Execution,
  completed: Condition | undefined,
): 'succeeded' | 'failed' | 'cancelled' {
  const cancelled =
    (execution.cancelledCount ?? 0) > 0 || stoppedByCaller.has(completed?.executionReason);
  if (cancelled) return 'cancelled';
  return execution.succeededCount === execution.taskCount ? 'succeeded' : 'failed';
}

/** A failure with exit code 0 and no signal is none that the container chose: it has neither (seen when memory ran out). */
function exitOf(
  task: Task | undefined,
  completed: Condition | undefined,
  succeeded: boolean,
): Exit | undefined {
  const result = task?.lastAttemptResult;
  if (!result) return undefined;
  const exit: Exit = { message: result.status?.message || completed?.message || '' };
  if (result.termSignal) exit.signal = result.termSignal;
  else if (result.exitCode || succeeded) exit.exitCode = result.exitCode ?? 0;
  return exit;
}

function refusalOf(condition: Condition | null | undefined): JobInfo['refusal'] {
  if (!condition || !conditionFailed.has(condition.state)) return undefined;
  const message = condition.message ?? '';
  if (containerMissing.has(condition.reason)) return { code: 'image_not_found', message };
  if (secretsRefused.has(condition.reason)) return { code: 'secret_unreadable', message };
  return { code: 'other', message };
}

/** In ms since the epoch. Seconds travel as a string, a number or a Long; Google's zero time is no time. */
function millis(time: Timestamp | null | undefined): number | undefined {
  const seconds = Number(String(time?.seconds ?? 0));
  const at = seconds * 1000 + Math.trunc((time?.nanos ?? 0) / 1e6);
  return at > 0 ? at : undefined;
}
