import { EngineError } from '../../engines/engine.ts';
import type {
  Container,
  EnvVar,
  JobSpec,
  SecretVolume,
  Strings,
  TaskTemplate,
  Volume,
} from '../../engines/run/index.ts';
import type { Message } from '../server.ts';
import { list, message, number, seconds, strings, text, texts } from './fields.ts';

/** Refuses, instead of dropping in silence, what a message holds and the local cloud has no use for. */
function refuseFields(at: string, from: Message, names: readonly string[]): void {
  for (const name of names) {
    const value = from[name];
    const empty = value === null || value === undefined || value === '' || value === false;
    if (!empty && !(Array.isArray(value) && value.length === 0))
      throw new EngineError('UNIMPLEMENTED', `${at}.${name}: the local cloud does not offer it`);
  }
}

/** google.cloud.run.v2.Job, as far as a caller writes it. */
export function readJob(job: Message): JobSpec {
  refuseFields('job', job, ['binaryAuthorization']);
  const template = message(job.template);
  const spec: JobSpec = {
    labels: strings(job.labels),
    annotations: strings(job.annotations),
    client: text(job.client),
    clientVersion: text(job.clientVersion),
    template: {
      labels: strings(template.labels),
      annotations: strings(template.annotations),
      parallelism: number(template.parallelism),
      taskCount: number(template.taskCount),
      template: readTask(message(template.template)),
    },
  };
  if (job.createExecution === 'startExecutionToken')
    spec.startExecutionToken = text(job.startExecutionToken);
  if (job.createExecution === 'runExecutionToken')
    spec.runExecutionToken = text(job.runExecutionToken);
  return spec;
}

function readTask(task: Message): TaskTemplate {
  refuseFields('job.template.template', task, [
    'encryptionKey',
    'vpcAccess',
    'nodeSelector',
    'gpuZonalRedundancyDisabled',
  ]);
  const timeout = seconds(task.timeout);
  return {
    containers: list(task.containers).map(readContainer),
    volumes: list(task.volumes).map(readVolume),
    serviceAccount: text(task.serviceAccount),
    ...(task.retries === 'maxRetries' ? { maxRetries: number(task.maxRetries) } : {}),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
  };
}

function readContainer(container: Message): Container {
  refuseFields('job.template.template.containers[0]', container, [
    'ports',
    'livenessProbe',
    'startupProbe',
    'readinessProbe',
    'dependsOn',
    'baseImageUri',
    'sourceCode',
    'workingDir',
  ]);
  return {
    name: text(container.name),
    image: text(container.image),
    command: texts(container.command),
    args: texts(container.args),
    env: list(container.env).map(readVariable),
    limits: limits(message(container.resources)),
    volumeMounts: list(container.volumeMounts).map((mount) => ({
      name: text(mount.name),
      mountPath: text(mount.mountPath),
      subPath: text(mount.subPath),
    })),
  };
}

function limits(resources: Message): Strings {
  return strings(resources.limits);
}

/** google.cloud.run.v2.EnvVar. */
export function readVariable(variable: Message): EnvVar {
  const name = text(variable.name);
  if (variable.values !== 'valueSource') return { name, value: text(variable.value) };
  const { secret, version } = message(message(variable.valueSource).secretKeyRef);
  return { name, secret: { secret: text(secret), version: text(version) || 'latest' } };
}

function readVolume(volume: Message): Volume {
  refuseFields('job.template.template.volumes', volume, [
    'cloudSqlInstance',
    'emptyDir',
    'nfs',
    'gcs',
  ]);
  const read: Volume = { name: text(volume.name) };
  if (volume.volumeType === 'secret') read.secret = readSecret(message(volume.secret));
  return read;
}

function readSecret(secret: Message): SecretVolume {
  return {
    secret: text(secret.secret),
    defaultMode: number(secret.defaultMode),
    items: list(secret.items).map((item) => ({
      path: text(item.path),
      version: text(item.version),
      mode: number(item.mode),
    })),
  };
}
