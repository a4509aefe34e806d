import { type EngineContext, EngineError, type Json } from '../engine.ts';
import { frozenCopy } from '../frozen.ts';
import type { LogEntry } from '../log-entry.ts';
import { minuteQuota } from '../minute-quota.ts';
import { createWaitingList, type Waiting, type WaitingList } from '../waiting-list.ts';
import { dueAt } from './due.ts';
import type { ExecutionRecord, JobRecord, OperationRecord } from './types.ts';

/** What the run engine needs to know of the rest of the local cloud. */
export interface RunSettings {
  project: string;
  region: string;
  /** Whether there is something to run for `image`; `labels` are those of the job and its template. */
  imageExists(image: string, labels: { readonly [key: string]: string }): boolean;
  /**
   * The value of a secret's version, by number, alias or `latest`. `secret` is its id (own project) or
   * `projects/<project>/secrets/<id>`. Throws {@link EngineError} when the container, which runs as `account`, may not read it.
   */
  readSecret(secret: string, version: string, account: string): Buffer;
  /** Takes the entries that Cloud Run itself writes: system log and execution-ended events. */
  emit(entry: LogEntry): void;
  /** Between SIGTERM and SIGKILL, in ms. Default: 10 000 (Cloud Run documentation, container contract). */
  graceMs?: number;
}

/** What the engine refuses beyond, with RESOURCE_EXHAUSTED. */
export interface RunQuotas {
  jobs: number;
  runningExecutions: number;
  writesPerMinute: number;
  runsPerMinute: number;
  readsPerMinute: number;
}

/**
 * Google's defaults of one project and region (Cloud Run quotas page). Of administrative writes the page says 180 a minute,
 * and projects find themselves with 60.
 */
export const googleQuotas: RunQuotas = {
  jobs: 1000,
  runningExecutions: 1000,
  writesPerMinute: 60,
  runsPerMinute: 180,
  readsPerMinute: 3000,
};

/** Rates are off until they are turned on: a burst on the local cloud would take as long as it does on Google's. */
const defaultQuotas: RunQuotas = {
  ...googleQuotas,
  writesPerMinute: Number.POSITIVE_INFINITY,
  runsPerMinute: Number.POSITIVE_INFINITY,
  readsPerMinute: Number.POSITIVE_INFINITY,
};

/** Finished executions that a job keeps (Cloud Run quotas page). */
const keptExecutions = 1000;
/** Settled operations that are remembered, so that the store does not grow without end. */
const keptOperations = 200;

export interface RunState {
  context: EngineContext;
  settings: RunSettings;
  location: string;
  jobs: Map<string, JobRecord>;
  executions: Map<string, ExecutionRecord>;
  /** The executions of each job that has some, oldest first. */
  executionsOf(job: string): ExecutionRecord[];
  operations: Map<string, OperationRecord>;
  /** Jobs whose newest generation was not looked at yet. */
  reconciling: Set<string>;
  /** Executions that are not over. */
  live: Set<string>;
  /** Executions for which there will be something to do. */
  due: WaitingList<string>;
  /** Executions that an earlier process of the local cloud had running. */
  orphans: Set<string>;
  /** Operations without a result. */
  open: Set<string>;
  quotas: RunQuotas;
  nextSerial(): number;
  saveJob(job: JobRecord): void;
  dropJob(name: string): void;
  saveExecution(execution: ExecutionRecord): void;
  dropExecution(name: string): void;
  saveOperation(operation: OperationRecord): void;
  /** Counts a call against its quota. */
  count(kind: 'writes' | 'runs' | 'reads'): void;
}

const tables = { jobs: 'run.jobs', executions: 'run.executions', operations: 'run.operations' };

/** Loads what an earlier process left in the store. */
export function loadState(context: EngineContext, settings: RunSettings): RunState {
  const { store } = context;
  const jobs = load<JobRecord>(tables.jobs);
  const executions = load<ExecutionRecord>(tables.executions);
  const operations = load<OperationRecord>(tables.operations);
  let serial = Math.max(0, ...[...executions.values()].map((one) => one.serial));

  function load<T>(table: string): Map<string, T> {
    return new Map(store.entries(table).map(([key, value]) => [key, value as unknown as T]));
  }
  /** The records are plain JSON with optional fields left out; only the type system does not know. */
  function put(table: string, key: string, record: object): void {
    store.put(table, key, record as unknown as Json);
  }

  const byJob = new Map<string, Set<string>>();
  const due = createWaitingList<string>();
  /** Where each execution stands in {@link RunState.due}. */
  const places = new Map<string, Waiting<string>>();
  function plan(execution: ExecutionRecord): void {
    leave(execution.name);
    const at = dueAt(execution, context.now(), settings.graceMs);
    if (at !== undefined) places.set(execution.name, due.add(at, execution.name));
  }
  function leave(name: string): void {
    const place = places.get(name);
    if (place) place.gone = true;
    places.delete(name);
  }
  function keep(execution: ExecutionRecord): void {
    executions.set(execution.name, execution);
    const own = byJob.get(execution.job) ?? new Set();
    byJob.set(execution.job, own.add(execution.name));
    plan(execution);
  }
  for (const execution of executions.values()) keep(execution);

  const quotas = { ...defaultQuotas };
  const rates = {
    writes: minuteQuota(() => quotas.writesPerMinute, context.now),
    runs: minuteQuota(() => quotas.runsPerMinute, context.now),
    reads: minuteQuota(() => quotas.readsPerMinute, context.now),
  };
  const live = [...executions.values()].filter((one) => one.phase !== 'over');
  const state: RunState = {
    context,
    settings,
    location: `projects/${settings.project}/locations/${settings.region}`,
    jobs,
    executions,
    executionsOf: (job) =>
      [...(byJob.get(job) ?? [])]
        .map((name) => executions.get(name))
        .filter((one) => one !== undefined),
    operations,
    due,
    reconciling: new Set(
      [...jobs.values()]
        .filter((job) => job.observedGeneration !== job.generation)
        .map((job) => job.name),
    ),
    live: new Set(live.map((one) => one.name)),
    orphans: new Set(live.filter((one) => one.phase !== 'pending').map((one) => one.name)),
    open: new Set([...operations.values()].filter((one) => !one.result).map((one) => one.name)),
    quotas,
    nextSerial: () => ++serial,
    saveJob: (changed) => {
      const job = frozenCopy(changed);
      jobs.set(job.name, job);
      put(tables.jobs, job.name, job);
    },
    dropJob: (name) => {
      jobs.delete(name);
      state.reconciling.delete(name);
      store.delete(tables.jobs, name);
    },
    saveExecution: (changed) => {
      const execution = frozenCopy(changed);
      keep(execution);
      put(tables.executions, execution.name, execution);
      if (execution.phase === 'over') forgetOldExecutions(execution.job);
    },
    dropExecution: (name) => {
      const job = executions.get(name)?.job ?? '';
      executions.delete(name);
      leave(name);
      byJob.get(job)?.delete(name);
      if (byJob.get(job)?.size === 0) byJob.delete(job);
      state.live.delete(name);
      state.orphans.delete(name);
      store.delete(tables.executions, name);
    },
    saveOperation: (changed) => {
      const operation = frozenCopy(changed);
      operations.set(operation.name, operation);
      if (operation.result) state.open.delete(operation.name);
      else state.open.add(operation.name);
      put(tables.operations, operation.name, operation);
      forgetOldOperations();
    },
    count: (kind) => {
      if (rates[kind].take()) return;
      throw new EngineError(
        'RESOURCE_EXHAUSTED',
        `Quota exceeded for quota metric '${kind} requests' and limit '${kind} requests per minute per region' of service 'run.googleapis.com'.`,
      );
    },
  };

  function forgetOldExecutions(job: string): void {
    const over = state.executionsOf(job).filter((one) => one.phase === 'over');
    for (const old of over.slice(0, Math.max(0, over.length - keptExecutions)))
      state.dropExecution(old.name);
  }
  function forgetOldOperations(): void {
    if (operations.size - state.open.size <= keptOperations) return;
    const oldest = [...operations.values()].find((one) => one.result);
    if (!oldest) return;
    operations.delete(oldest.name);
    store.delete(tables.operations, oldest.name);
  }
  return state;
}
