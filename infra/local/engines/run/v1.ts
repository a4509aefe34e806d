import type { Json } from '../engine.ts';
import { shortName } from './names.ts';
import type { Condition, ExecutionRecord } from './types.ts';
import { viewExecution } from './views.ts';

const statusOf: { readonly [state in Condition['state']]: string } = {
  CONDITION_SUCCEEDED: 'True',
  CONDITION_FAILED: 'False',
  CONDITION_PENDING: 'Unknown',
  CONDITION_RECONCILING: 'Unknown',
};

const reasonOf: { readonly [reason: string]: string } = {
  NON_ZERO_EXIT_CODE: 'NonZeroExitCode',
  CANCELLED: 'Cancelled',
  CANCELLING: 'Cancelling',
  DELETED: 'Deleted',
};

/** The execution in the Knative shape of Cloud Run's v1 API, in which the audit log shows it. */
export function v1Execution(
  { project, region }: { project: string; region: string },
  execution: ExecutionRecord,
): { [key: string]: Json } {
  const { counts, conditions } = viewExecution(execution);
  const { template, over, startedAt } = execution;
  const status: { [key: string]: Json } = {
    observedGeneration: 1,
    conditions: conditions.map(v1Condition),
  };
  if (startedAt !== undefined) status.startTime = iso(startedAt);
  if (over) status.completionTime = iso(over.at);
  if (counts.succeeded > 0) status.succeededCount = counts.succeeded;
  if (counts.failed > 0) status.failedCount = counts.failed;
  if (counts.cancelled > 0) status.cancelledCount = counts.cancelled;
  return {
    '@type': 'type.googleapis.com/google.cloud.run.v1.Execution',
    apiVersion: 'run.googleapis.com/v1',
    kind: 'Execution',
    metadata: {
      name: shortName(execution.name),
      namespace: project,
      uid: execution.uid,
      generation: 1,
      creationTimestamp: iso(execution.createdAt),
      labels: {
        ...execution.labels,
        'run.googleapis.com/job': shortName(execution.job),
        'cloud.googleapis.com/location': region,
      },
      annotations: { ...execution.annotations },
    },
    spec: {
      parallelism: 1,
      taskCount: 1,
      template: {
        spec: {
          containers: template.containers.map(({ image, limits }) => ({
            image,
            resources: { limits: { ...limits } },
          })),
          maxRetries: template.maxRetries,
          timeoutSeconds: String(template.timeoutSeconds),
          serviceAccountName: template.serviceAccount,
        },
      },
    },
    status,
  };
}

function v1Condition(condition: Condition): { [key: string]: Json } {
  const { type, state, message, at, executionReason } = condition;
  return {
    type,
    status: statusOf[state],
    lastTransitionTime: iso(at),
    ...(message === undefined ? {} : { message }),
    ...(executionReason === undefined ? {} : { reason: reasonOf[executionReason] ?? '' }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
