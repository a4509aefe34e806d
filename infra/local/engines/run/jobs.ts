import { EngineError } from '../engine.ts';
import { frozenCopy } from '../frozen.ts';
import { refuse } from './check.ts';
import { checkJob, checkJobId } from './check-job.ts';
import { checkEtag, checkLocation, findJob } from './find.ts';
import { alreadyExists, notFound, shortName, uuid } from './names.ts';
import { openOperation, settleOperations } from './operations.ts';
import { type PageRequest, paged } from './pages.ts';
import { removeExecution } from './remove.ts';
import type { RunState } from './state.ts';
import type { JobRecord, JobSpec, JobView, Operation } from './types.ts';
import { viewJob } from './views.ts';

export interface CreateJob {
  parent: string;
  jobId: string;
  spec: JobSpec;
  validateOnly?: boolean;
}

export interface UpdateJob {
  name: string;
  spec: JobSpec;
  allowMissing?: boolean;
  validateOnly?: boolean;
  etag?: string;
}

/** The verbs of google.cloud.run.v2.Jobs, but for RunJob. */
export function jobVerbs(state: RunState) {
  const createJob = ({ parent, jobId, spec, validateOnly }: CreateJob): Operation => {
    checkLocation(state, parent, 'run.jobs.create');
    if (parent !== state.location) refuse('CreateJobRequest.parent', `"${parent}" is no location`);
    state.count('writes');
    checkJobId(jobId);
    checkJob(jobId, spec);
    const name = `${parent}/jobs/${jobId}`;
    if (state.jobs.has(name)) throw alreadyExists(jobId);
    refuseWhileStopping(state, name);
    checkRoom(state, spec);
    return write(state, 'create', freshJob(state, name, spec), validateOnly);
  };

  return {
    createJob,

    updateJob: ({ name, spec, allowMissing, validateOnly, etag }: UpdateJob): Operation => {
      checkLocation(state, name, 'run.jobs.update');
      const job = state.jobs.get(name);
      const jobId = shortName(name);
      if (!job && !allowMissing) throw notFound(name);
      if (!job)
        return createJob({
          parent: state.location,
          jobId,
          spec,
          ...(validateOnly ? { validateOnly } : {}),
        });
      state.count('writes');
      checkJob(jobId, spec);
      checkEtag(jobId, etag, job.etag);
      const token = tokenOf(spec);
      if (token !== undefined && state.executions.has(`${name}/executions/${jobId}-${token}`))
        throw alreadyExists(`${jobId}-${token}`);
      if (token !== undefined) checkRunning(state);
      const { uid, createdAt, executionCount, latest, observedGeneration } = job;
      const next: JobRecord = {
        ...freshJob(state, name, spec),
        uid,
        createdAt,
        executionCount,
        observedGeneration,
        generation: job.generation + 1,
        ...(latest === undefined ? {} : { latest }),
      };
      return write(state, 'update', next, validateOnly);
    },

    getJob: ({ name }: { name: string }): JobView => {
      state.count('reads');
      return viewJob(state, findJob(state, name, 'run.jobs.get'));
    },

    listJobs: (request: PageRequest & { parent: string }) => {
      checkLocation(state, request.parent, 'run.jobs.list');
      state.count('reads');
      const { items, nextPageToken } = paged(state.jobs.values(), request, (job) => job.name);
      return { jobs: items.map((job) => viewJob(state, job)), nextPageToken };
    },

    /** Gone for readers at once; the operation is done when nothing of the job runs any more. */
    deleteJob: (request: { name: string; validateOnly?: boolean; etag?: string }): Operation => {
      const job = findJob(state, request.name, 'run.jobs.delete');
      state.count('writes');
      checkEtag(shortName(job.name), request.etag, job.etag);
      const last = { job: { ...viewJob(state, job), deletedAt: state.context.now() } };
      if (request.validateOnly) return validated(state, last);
      const executions = state.executionsOf(job.name);
      state.dropJob(job.name);
      for (const execution of executions) removeExecution(state, execution);
      settleOperations(state);
      return openOperation(state, {
        verb: 'delete',
        target: job.name,
        awaits: { executions: executions.map(({ name }) => name), until: 'over' },
        last,
      });
    },
  };
}

/** The answer to a call that was only to be checked. */
export function validated(state: RunState, resource: Operation['resource']): Operation {
  return { name: `${state.location}/operations/validate-only`, resource, done: true };
}

/** Refuses one more execution than may run at a time. */
export function checkRunning(state: RunState): void {
  if (state.live.size >= state.quotas.runningExecutions)
    throw new EngineError(
      'RESOURCE_EXHAUSTED',
      'The number of running executions of this project and region has reached its limit.',
    );
}

function write(
  state: RunState,
  verb: 'create' | 'update',
  job: JobRecord,
  validateOnly = false,
): Operation {
  if (validateOnly) return validated(state, { job: viewJob(state, job) });
  if (tokenOf(job.spec) !== undefined) state.count('runs');
  state.saveJob(job);
  state.reconciling.add(job.name);
  return openOperation(state, { verb, target: job.name, last: { job: viewJob(state, job) } });
}

function freshJob(state: RunState, name: string, spec: JobSpec): JobRecord {
  const now = state.context.now();
  const { maxRetries = 3, timeoutSeconds = 600, ...task } = spec.template.template;
  return frozenCopy({
    name,
    uid: uuid(state.context.random),
    generation: 1,
    observedGeneration: 0,
    createdAt: now,
    updatedAt: now,
    spec: {
      ...spec,
      template: { ...spec.template, template: { ...task, maxRetries, timeoutSeconds } },
    },
    ready: { state: 'CONDITION_PENDING', at: now },
    executionCount: 0,
    etag: `"${uuid(state.context.random)}"`,
  });
}

function tokenOf(spec: JobSpec): string | undefined {
  return spec.startExecutionToken ?? spec.runExecutionToken;
}

/** The quotas on what exists at a time. */
function checkRoom(state: RunState, spec: JobSpec): void {
  if (state.jobs.size >= state.quotas.jobs)
    throw new EngineError(
      'RESOURCE_EXHAUSTED',
      'The number of jobs of this project and region has reached its limit.',
    );
  if (tokenOf(spec) !== undefined) checkRunning(state);
}

/** A deleted job's containers may need the grace to end; until then its name is not free. */
function refuseWhileStopping(state: RunState, name: string): void {
  const stopping = state.executionsOf(name).some((one) => state.live.has(one.name));
  if (stopping)
    throw new EngineError('ABORTED', `Resource '${shortName(name)}' is still being deleted.`);
}
