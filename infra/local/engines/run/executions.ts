import { EngineError } from '../engine.ts';
import { refuse } from './check.ts';
import { checkEnv } from './check-container.ts';
import { checkSuffix, checkTaskCount, checkTimeout } from './check-job.ts';
import { endPending } from './endings.ts';
import { checkEtag, checkLocation, findExecution, findJob } from './find.ts';
import { checkRunning, validated } from './jobs.ts';
import { notFound, shortName, suffix, taskName, uuid } from './names.ts';
import { openOperation, settleOperations } from './operations.ts';
import { type PageRequest, paged } from './pages.ts';
import { removeExecution } from './remove.ts';
import type { RunState } from './state.ts';
import type {
  EnvVar,
  ExecutionRecord,
  ExecutionView,
  JobRecord,
  Operation,
  ResolvedTemplate,
} from './types.ts';
import { viewExecution, viewJob } from './views.ts';

/** What one execution may change of its job (google/cloud/run/v2/job.proto, `RunJobRequest.Overrides`). */
export interface Overrides {
  containers: { name: string; args: string[]; clearArgs: boolean; env: EnvVar[] }[];
  taskCount?: number;
  timeoutSeconds?: number;
}

interface Named {
  name: string;
  validateOnly?: boolean;
  etag?: string;
}

/** RunJob, and the verbs of google.cloud.run.v2.Executions and Tasks. */
export function executionVerbs(state: RunState) {
  return {
    /** Not idempotent: each call starts an execution (as Cloud Run's does). */
    runJob: ({
      name,
      validateOnly,
      etag,
      overrides,
    }: Named & { overrides?: Overrides }): Operation => {
      const job = findJob(state, name, overrides ? 'run.jobs.runWithOverrides' : 'run.jobs.run');
      state.count('runs');
      checkEtag(shortName(name), etag, job.etag);
      checkSuffix(shortName(name));
      if (job.ready.state !== 'CONDITION_SUCCEEDED')
        throw new EngineError(
          'FAILED_PRECONDITION',
          `Job ${shortName(name)} is not ready to be run.`,
        );
      const template = overridden(job.spec.template.template, overrides);
      checkRunning(state);
      if (validateOnly) return validated(state, { job: viewJob(state, job) });
      const id = `${shortName(name)}-${suffix(state.context.random)}`;
      const execution = createExecution(state, withoutToken(job), id, template);
      return openOperation(state, {
        verb: 'run',
        target: execution.name,
        awaits: { executions: [execution.name], until: 'over' },
        last: { execution: viewExecution(execution) },
      });
    },

    getExecution: ({ name }: { name: string }): ExecutionView => {
      state.count('reads');
      return viewExecution(findExecution(state, name, 'run.executions.get'));
    },

    /** Newest first; `jobs/-` lists those of all jobs. */
    listExecutions: (request: PageRequest & { parent: string }) => {
      checkLocation(state, request.parent, 'run.executions.list');
      state.count('reads');
      const all = request.parent === `${state.location}/jobs/-`;
      if (!all) findJob(state, request.parent, 'run.executions.list');
      const asked = all ? [...state.executions.values()] : state.executionsOf(request.parent);
      const visible = asked.filter((one) => !one.deleted);
      const newest = (one: ExecutionRecord): string =>
        String(Number.MAX_SAFE_INTEGER - one.serial).padStart(16, '0');
      const { items, nextPageToken } = paged(visible, request, newest);
      return { executions: items.map(viewExecution), nextPageToken };
    },

    cancelExecution: ({ name, validateOnly }: Named): Operation => {
      const execution = findExecution(state, name, 'run.executions.cancel');
      state.count('writes');
      if (execution.over)
        throw new EngineError(
          'FAILED_PRECONDITION',
          `Execution '${shortName(name)}' cannot be cancelled because it is not running.`,
        );
      if (validateOnly) return validated(state, { execution: viewExecution(execution) });
      const cancelled: ExecutionRecord = { ...execution };
      cancelled.stop = { ...execution.stop, why: 'cancelled' };
      state.saveExecution(cancelled);
      if (cancelled.phase === 'pending') endPending(state, cancelled);
      return openOperation(state, {
        verb: 'cancel',
        target: name,
        awaits: { executions: [name], until: 'over' },
        last: { execution: viewExecution(state.executions.get(name) ?? cancelled) },
      });
    },

    deleteExecution: ({ name, validateOnly }: Named): Operation => {
      const execution = findExecution(state, name, 'run.executions.delete');
      state.count('writes');
      const last = { execution: viewExecution(execution) };
      if (validateOnly) return validated(state, last);
      removeExecution(state, execution);
      settleOperations(state);
      return openOperation(state, {
        verb: 'delete',
        target: name,
        awaits: { executions: [name], until: 'over' },
        last,
      });
    },

    /** An execution has one task: answered as the execution it is the whole of. */
    getTask: ({ name }: { name: string }): ExecutionView => {
      state.count('reads');
      checkLocation(state, name, 'run.tasks.get');
      const execution = state.executions.get(name.slice(0, name.indexOf('/tasks/')));
      if (!execution || execution.deleted || taskName(execution.name) !== name)
        throw notFound(name);
      return viewExecution(execution);
    },

    listTasks: (request: PageRequest & { parent: string }) => {
      state.count('reads');
      const execution = findExecution(state, request.parent, 'run.tasks.list');
      const { items, nextPageToken } = paged([execution], request, (one) => taskName(one.name));
      return { tasks: items.map(viewExecution), nextPageToken };
    },
  };
}

/** Adds an execution to a job. It starts when the engine's actions are next taken. */
export function createExecution(
  state: RunState,
  job: JobRecord,
  id: string,
  template: ResolvedTemplate,
): ExecutionRecord {
  const execution: ExecutionRecord = {
    name: `${job.name}/executions/${id}`,
    job: job.name,
    uid: uuid(state.context.random),
    serial: state.nextSerial(),
    createdAt: state.context.now(),
    labels: { ...job.spec.labels, ...job.spec.template.labels },
    annotations: { ...job.spec.template.annotations },
    template,
    phase: 'pending',
    attempt: 0,
  };
  state.live.add(execution.name);
  state.saveExecution(execution);
  state.saveJob({ ...job, latest: execution.name, executionCount: job.executionCount + 1 });
  return execution;
}

/** Cloud Run drops the token from the job once another execution was created. */
function withoutToken({ spec, ...job }: JobRecord): JobRecord {
  const { startExecutionToken: _start, runExecutionToken: _run, ...kept } = spec;
  return { ...job, spec: kept };
}

function overridden(template: ResolvedTemplate, overrides?: Overrides): ResolvedTemplate {
  if (!overrides) return template;
  const { containers, taskCount = 0, timeoutSeconds } = overrides;
  checkTaskCount('RunJobRequest.overrides.task_count', taskCount);
  checkTimeout('RunJobRequest.overrides.timeout', timeoutSeconds);
  const result = structuredClone(template);
  if (timeoutSeconds !== undefined) result.timeoutSeconds = timeoutSeconds;
  for (const [index, override] of containers.entries()) {
    const field = `RunJobRequest.overrides.container_overrides[${index}]`;
    const [container] = result.containers;
    if (!container || (override.name !== '' && override.name !== container.name))
      refuse(`${field}.name`, `no container is named "${override.name}"`);
    if (override.clearArgs && override.args.length > 0)
      refuse(`${field}.clear_args`, 'excludes args');
    if (override.clearArgs || override.args.length > 0) container.args = override.args;
    checkEnv(`${field}.env`, override.env);
    for (const variable of override.env) {
      const at = container.env.findIndex(({ name }) => name === variable.name);
      const current = container.env[at];
      if ('secret' in variable || (current && 'secret' in current))
        refuse(`${field}.env`, `"${variable.name}": only plain values can be overridden`);
      if (at < 0) container.env.push(variable);
      else container.env[at] = variable;
    }
    checkEnv(`${field}.env`, container.env);
  }
  return result;
}
