import type {
  Condition,
  Container,
  EnvVar,
  JobView,
  ResolvedTemplate,
  Volume,
} from '../../engines/run/index.ts';
import type { Message } from '../server.ts';
import { duration, timestamp } from './fields.ts';

/** google.cloud.run.v2.Job. */
export function writeJob({
  record,
  terminalCondition,
  latest,
  reconciling,
  deletedAt,
}: JobView): Message {
  const { spec } = record;
  const job: Message = {
    name: record.name,
    uid: record.uid,
    generation: String(record.generation),
    observedGeneration: String(record.observedGeneration),
    labels: spec.labels,
    annotations: spec.annotations,
    createTime: timestamp(record.createdAt),
    updateTime: timestamp(record.updatedAt),
    deleteTime: timestamp(deletedAt),
    client: spec.client,
    clientVersion: spec.clientVersion,
    launchStage: 'GA',
    template: {
      labels: spec.template.labels,
      annotations: spec.template.annotations,
      parallelism: spec.template.parallelism,
      taskCount: spec.template.taskCount || 1,
      template: writeTemplate(spec.template.template),
    },
    terminalCondition: writeCondition(terminalCondition),
    conditions: [writeCondition(terminalCondition)],
    executionCount: record.executionCount,
    reconciling,
    etag: record.etag,
  };
  if (latest)
    job.latestCreatedExecution = {
      name: latest.name,
      createTime: timestamp(latest.createdAt),
      completionTime: timestamp(latest.completedAt),
      completionStatus: latest.status,
    };
  if (spec.startExecutionToken !== undefined) job.startExecutionToken = spec.startExecutionToken;
  if (spec.runExecutionToken !== undefined) job.runExecutionToken = spec.runExecutionToken;
  return job;
}

export function writeCondition(condition: Condition): Message {
  const { type, state, message = '', at, reason, executionReason } = condition;
  return {
    type,
    state,
    message,
    lastTransitionTime: timestamp(at),
    ...(reason === undefined ? {} : { reason }),
    ...(executionReason === undefined ? {} : { executionReason }),
  };
}

/** google.cloud.run.v2.TaskTemplate. */
export function writeTemplate(template: ResolvedTemplate): Message {
  return {
    containers: template.containers.map(writeContainer),
    volumes: template.volumes.map(writeVolume),
    maxRetries: template.maxRetries,
    timeout: duration(template.timeoutSeconds),
    serviceAccount: template.serviceAccount,
    executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
  };
}

export function writeContainer(container: Container): Message {
  const { name, image, command, args, env, volumeMounts } = container;
  return {
    name,
    image,
    command,
    args,
    env: env.map(writeVariable),
    resources: { limits: { cpu: '1000m', memory: '512Mi', ...container.limits } },
    volumeMounts,
  };
}

function writeVariable(variable: EnvVar): Message {
  if (!('secret' in variable)) return { name: variable.name, value: variable.value };
  return { name: variable.name, valueSource: { secretKeyRef: variable.secret } };
}

export function writeVolume({ name, secret }: Volume): Message {
  return { name, ...(secret ? { secret } : {}) };
}
