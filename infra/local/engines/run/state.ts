import { type EngineContext, EngineError, type Json } from '../engine.ts';
import type { LogEntry } from '../log-entry.ts';
import { jobOfExecution } from './names.ts';
import type { ExecutionRecord, JobRecord, OperationRecord } from './types.ts';

/** What the run engine needs to know of the rest of the local cloud. */
export interface RunSettings {
  project: string;
  region: string;
  /** Whether there is something to run for `image`; `labels` are those of the job and its template. */
  imageExists(image: string, labels: { readonly [key: string]: string }): boolean;
  /**
   * The value of a secret's version, by number, alias or `latest`. `secret` is its id (own project) or
   * `projects/<project>/secrets/<id>`. Throws {@link EngineError} when the container may not read it.
   */
  readSecret(secret: string, version: string): Buffer;
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
 * Google's defaults for what is counted (Cloud Run quotas page). Rates are off until a test turns them on: Google's
 * 60 writes a minute would make a burst on the local cloud last as long as it does on Google's.
 */
const defaultQuotas: RunQuotas = {
  jobs: 1000,
  runningExecutions: 1000,
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
  operations: Map<string, OperationRecord>;
  /** Jobs whose newest generation was not looked at yet. */
  reconciling: Set<string>;
  /** Executions that are not over. */
  live: Set<string>;
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
  const recent: { [kind: string]: number[] } = {};
  let serial = Math.max(0, ...[...executions.values()].map((one) => one.serial));

  function load<T>(table: string): Map<string, T> {
    return new Map(store.entries(table).map(([key, value]) => [key, value as unknown as T]));
  }
  /** The records are plain JSON with optional fields left out; only the type system does not know. */
  function put(table: string, key: string, record: object): void {
    store.put(table, key, structuredClone(record) as unknown as Json);
  }

  const live = [...executions.values()].filter((one) => one.phase !== 'over');
  const state: RunState = {
    context,
    settings,
    location: `projects/${settings.project}/locations/${settings.region}`,
    jobs,
    executions,
    operations,
    reconciling: new Set(
      [...jobs.values()]
        .filter((job) => job.observedGeneration !== job.generation)
        .map((job) => job.name),
    ),
    live: new Set(live.map((one) => one.name)),
    orphans: new Set(live.filter((one) => one.phase !== 'pending').map((one) => one.name)),
    open: new Set([...operations.values()].filter((one) => !one.result).map((one) => one.name)),
    quotas: { ...defaultQuotas },
    nextSerial: () => ++serial,
    saveJob: (job) => {
      jobs.set(job.name, job);
      put(tables.jobs, job.name, job);
    },
    dropJob: (name) => {
      jobs.delete(name);
      state.reconciling.delete(name);
      store.delete(tables.jobs, name);
    },
    saveExecution: (execution) => {
      executions.set(execution.name, execution);
      put(tables.executions, execution.name, execution);
      if (execution.phase === 'over') forgetOldExecutions(jobOfExecution(execution.name));
    },
    dropExecution: (name) => {
      executions.delete(name);
      state.live.delete(name);
      state.orphans.delete(name);
      store.delete(tables.executions, name);
    },
    saveOperation: (operation) => {
      operations.set(operation.name, operation);
      if (operation.result) state.open.delete(operation.name);
      else state.open.add(operation.name);
      put(tables.operations, operation.name, operation);
      forgetOldOperations();
    },
    count: (kind) => {
      const now = context.now();
      const calls = (recent[kind] ?? []).filter((at) => at > now - 60_000);
      const limit = state.quotas[`${kind}PerMinute`];
      recent[kind] = calls;
      if (calls.length >= limit)
        throw new EngineError(
          'RESOURCE_EXHAUSTED',
          `Quota exceeded for quota metric '${kind} requests' and limit '${kind} requests per minute per region' of service 'run.googleapis.com'.`,
        );
      if (limit !== Number.POSITIVE_INFINITY) calls.push(now);
    },
  };

  function forgetOldExecutions(job: string): void {
    const over = [...executions.values()].filter((one) => one.job === job && one.phase === 'over');
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
