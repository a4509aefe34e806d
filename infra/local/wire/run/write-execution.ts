import { type ExecutionView, shortName, taskName } from '../../engines/run/index.ts';
import type { Message } from '../server.ts';
import { duration, timestamp } from './fields.ts';
import { writeCondition, writeContainer, writeTemplate, writeVolume } from './write-job.ts';

/** google.cloud.run.v2.Execution. Names its job by id, as Cloud Run does. */
export function writeExecution(view: ExecutionView): Message {
  const { record, counts } = view;
  return {
    ...common(view),
    name: record.name,
    parallelism: 1,
    taskCount: 1,
    template: writeTemplate(record.template),
    runningCount: counts.running,
    succeededCount: counts.succeeded,
    failedCount: counts.failed,
    cancelledCount: counts.cancelled,
    retriedCount: counts.retried,
    launchStage: 'GA',
  };
}

/** google.cloud.run.v2.Task: an execution's only one. */
export function writeTask(view: ExecutionView): Message {
  const { record } = view;
  const { template, lastAttempt } = record;
  return {
    ...common(view),
    name: taskName(record.name),
    execution: shortName(record.name),
    scheduledTime: timestamp(record.createdAt),
    containers: template.containers.map(writeContainer),
    volumes: template.volumes.map(writeVolume),
    maxRetries: template.maxRetries,
    timeout: duration(template.timeoutSeconds),
    serviceAccount: template.serviceAccount,
    executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
    index: 0,
    retried: record.attempt,
    lastAttemptResult: lastAttempt
      ? {
          status: { code: lastAttempt.code, message: lastAttempt.message },
          exitCode: lastAttempt.exitCode ?? 0,
          termSignal: lastAttempt.signal ?? 0,
        }
      : null,
  };
}

function common({ record, conditions, reconciling }: ExecutionView): Message {
  return {
    uid: record.uid,
    generation: '1',
    observedGeneration: '1',
    labels: record.labels,
    annotations: record.annotations,
    createTime: timestamp(record.createdAt),
    startTime: timestamp(record.startedAt),
    completionTime: timestamp(record.over?.at),
    updateTime: timestamp(record.over?.at ?? record.startedAt ?? record.createdAt),
    job: shortName(record.job),
    reconciling,
    conditions: conditions.map(writeCondition),
    etag: `"${record.uid}"`,
  };
}
