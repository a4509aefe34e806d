import { serviceAccountEmail } from '../../../shared/cloud/service-account.ts';
import type { CloudSettings } from '../../../shared/cloud/settings.ts';
import type { ExecutionInfo, Exit, JobInfo, Jobs, NewJob } from '../../../shared/ports/index.ts';
import {
  type ExecutionView,
  type JobSpec,
  type JobView,
  type RunEngine,
  shortName,
} from '../engines/run/index.ts';
import { made, madeUnless } from './errors.ts';

/** {@link Jobs} on the engine itself. `changed` is called after each call that may have given it something to do. */
export function inProcessJobs(
  engine: RunEngine,
  settings: CloudSettings,
  { changed }: { changed(): void },
): Jobs {
  const parent = `projects/${settings.project}/locations/${settings.region}`;
  const nameOf = (job: string): string => `${parent}/jobs/${job}`;
  const executionOf = (job: string, id: string): string => `${nameOf(job)}/executions/${id}`;

  return {
    start: (job) =>
      madeUnless(['already_exists'], 'exists', () => {
        const spec = specOf(job, settings.project);
        engine.createJob({ parent, jobId: job.id, spec });
        changed();
        return 'accepted';
      }),

    get: (id) =>
      madeUnless(['not_found'], undefined, () => readJob(engine.getJob({ name: nameOf(id) }))),

    execution: (job, id) =>
      madeUnless(['not_found'], undefined, () =>
        readExecution(engine.getExecution({ name: executionOf(job, id) })),
      ),

    cancel: (job, id) =>
      madeUnless(['failed_precondition', 'not_found'], 'over', () => {
        engine.cancelExecution({ name: executionOf(job, id) });
        changed();
        return 'cancelling';
      }),

    delete: (id) =>
      madeUnless(['not_found'], 'absent', () => {
        engine.deleteJob({ name: nameOf(id) });
        changed();
        return 'deleted';
      }),

    list: (labels) =>
      made(() => {
        const found: JobInfo[] = [];
        let pageToken = '';
        do {
          const page = engine.listJobs({ parent, pageToken });
          found.push(...page.jobs.map(readJob));
          pageToken = page.nextPageToken;
        } while (pageToken !== '');
        const wanted = Object.entries(labels);
        return found.filter((job) => wanted.every(([key, value]) => job.labels[key] === value));
      }),
  };
}

function specOf(job: NewJob, project: string): JobSpec {
  const volume = (index: number): string => `secret-${index}`;
  return {
    labels: { ...job.labels },
    annotations: {},
    client: '',
    clientVersion: '',
    startExecutionToken: job.startToken,
    template: {
      labels: { ...job.labels },
      annotations: {},
      parallelism: 0,
      taskCount: 1,
      template: {
        containers: [
          {
            name: '',
            image: job.image,
            command: [],
            args: [],
            env: [
              ...Object.entries(job.env).map(([name, value]) => ({ name, value })),
              ...Object.entries(job.secretEnv).map(([name, secret]) => ({ name, secret })),
            ],
            limits: { cpu: job.cpus, memory: job.memory },
            volumeMounts: job.secretFiles.map(({ directory }, index) => ({
              name: volume(index),
              mountPath: directory,
              subPath: '',
            })),
          },
        ],
        volumes: job.secretFiles.map(({ secret, files }, index) => ({
          name: volume(index),
          secret: {
            secret,
            items: Object.entries(files).map(([path, version]) => ({ path, version, mode: 0 })),
            defaultMode: 0o400,
          },
        })),
        maxRetries: 0,
        timeoutSeconds: job.timeoutSeconds,
        serviceAccount: serviceAccountEmail(job.serviceAccount, project),
      },
    },
  };
}

function readJob({ record, latest, terminalCondition }: JobView): JobInfo {
  const info: JobInfo = {
    id: shortName(record.name),
    labels: record.spec.labels,
    createdAt: record.createdAt,
    executionOver: latest?.completedAt !== undefined,
  };
  if (latest) info.execution = latest.name;
  else if (terminalCondition.state === 'CONDITION_FAILED')
    info.refusal = {
      code: refusals[terminalCondition.reason ?? ''] ?? 'other',
      message: terminalCondition.message ?? '',
    };
  return info;
}

const refusals: { readonly [reason: string]: NonNullable<JobInfo['refusal']>['code'] } = {
  CONTAINER_MISSING: 'image_not_found',
  SECRETS_ACCESS_CHECK_FAILED: 'secret_unreadable',
};

function readExecution({ record }: ExecutionView): ExecutionInfo {
  const info: ExecutionInfo = { name: shortName(record.name) };
  if (record.startedAt !== undefined) info.startedAt = record.startedAt;
  const { over, lastAttempt } = record;
  if (!over) return info;
  info.over = { at: over.at, outcome: over.outcome };
  if (lastAttempt) {
    const exit: Exit = { message: lastAttempt.message || over.message };
    if (lastAttempt.signal !== undefined) exit.signal = lastAttempt.signal;
    else if (lastAttempt.exitCode || over.outcome === 'succeeded')
      exit.exitCode = lastAttempt.exitCode ?? 0;
    info.over.exit = exit;
  }
  return info;
}
