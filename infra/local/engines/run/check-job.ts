import { refuse, unoffered } from './check.ts';
import { checkContainer } from './check-container.ts';
import { checkMounts } from './check-mounts.ts';
import { suffix } from './names.ts';
import type { JobSpec, Strings, TaskTemplate } from './types.ts';

/** 168 h (Cloud Run documentation, task timeout). */
const longestTimeoutSeconds = 168 * 3600;
/** Cloud Run quotas page. */
const mostRetries = 10;
const mostTasks = 10_000;
const mostLabels = 64;
/** google/cloud/run/v2/job.proto, `start_execution_token`: job and token are together fewer than 63 characters. */
const longestExecution = 63;

const jobId = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const token = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const reserved = [
  'run.googleapis.com',
  'cloud.googleapis.com',
  'serving.knative.dev',
  'autoscaling.knative.dev',
];
const labelKey = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const labelValue = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

export function checkJobId(id: string): void {
  if (!jobId.test(id))
    refuse(
      'CreateJobRequest.job_id',
      `"${id}" must use only lower-case letters, digits and hyphens, begin with a letter, not end with a hyphen, and have fewer than 64 characters`,
    );
}

/** Refuses what Cloud Run refuses of a job, and what the local cloud cannot run. */
export function checkJob(id: string, spec: JobSpec): void {
  checkLabels('job.labels', spec.labels);
  checkAnnotations('job.annotations', spec.annotations);
  checkLabels('job.template.labels', spec.template.labels);
  checkAnnotations('job.template.annotations', spec.template.annotations);
  checkToken(id, spec);
  checkTaskCount('job.template.task_count', spec.template.taskCount);
  const { parallelism, taskCount } = spec.template;
  if (!Number.isInteger(parallelism) || parallelism < 0 || parallelism > Math.max(taskCount, 1))
    refuse('job.template.parallelism', 'must be between 0 and the task count');
  checkTaskTemplate(spec.template.template);
}

export function checkTaskCount(field: string, taskCount: number): void {
  if (!Number.isInteger(taskCount) || taskCount < 0 || taskCount > mostTasks)
    refuse(field, `must be between 1 and ${mostTasks}`);
  if (taskCount > 1) unoffered(field, 'more than one task an execution');
}

export function checkTimeout(field: string, seconds: number | undefined): void {
  if (seconds === undefined) return;
  if (seconds <= 0 || seconds > longestTimeoutSeconds)
    refuse(field, `must be more than 0 and at most ${longestTimeoutSeconds} seconds`);
}

/** Refuses to name an execution of `id` in more characters than a name may have. */
export function checkSuffix(id: string): void {
  if (id.length + 1 + suffix(() => 0).length > longestExecution)
    refuse('RunJobRequest.name', `"${id}" leaves no room for the name of an execution`);
}

function checkToken(id: string, spec: JobSpec): void {
  const { startExecutionToken: start, runExecutionToken: run } = spec;
  if (start !== undefined && run !== undefined)
    refuse(
      'job.create_execution',
      'start_execution_token and run_execution_token exclude each other',
    );
  const given = start ?? run;
  if (given === undefined) return;
  const field = start === undefined ? 'job.run_execution_token' : 'job.start_execution_token';
  if (!token.test(given))
    refuse(
      field,
      'must use only lower-case letters, digits and hyphens, and not begin or end with one',
    );
  if (id.length + given.length >= longestExecution)
    refuse(field, 'the sum of job name and token length must be fewer than 63 characters');
}

function checkTaskTemplate(template: TaskTemplate): void {
  const { maxRetries = 0, timeoutSeconds, containers } = template;
  if (!Number.isInteger(maxRetries) || maxRetries < 0 || maxRetries > mostRetries)
    refuse('job.template.template.max_retries', `must be between 0 and ${mostRetries}`);
  checkTimeout('job.template.template.timeout', timeoutSeconds);
  const [container, ...others] = containers;
  if (!container) refuse('job.template.template.containers', 'must contain at least one container');
  if (others.length > 0)
    unoffered('job.template.template.containers', 'more than one container a task');
  checkContainer('job.template.template.containers[0]', container);
  checkMounts('job.template.template', template.volumes, container);
}

function checkLabels(field: string, labels: Strings): void {
  const entries = Object.entries(labels);
  if (entries.length > mostLabels) refuse(field, `at most ${mostLabels} labels are allowed`);
  for (const [key, value] of entries) {
    checkNamespace(field, key);
    if (!labelKey.test(key)) refuse(field, `invalid label key "${key}"`);
    if (!labelValue.test(value)) refuse(field, `invalid value "${value}" of label "${key}"`);
  }
}

function checkAnnotations(field: string, annotations: Strings): void {
  for (const key of Object.keys(annotations)) checkNamespace(field, key);
}

function checkNamespace(field: string, key: string): void {
  const namespace = key.split('/')[0] ?? '';
  if (
    key.includes('/') &&
    reserved.some((one) => namespace === one || namespace.endsWith(`.${one}`))
  )
    refuse(field, `"${key}" is in the reserved namespace ${namespace}`);
}
