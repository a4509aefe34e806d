/** A map of strings, as labels and resource limits are. */
export type Strings = { [key: string]: string };

/** A version of a secret, as a job names it. */
export interface SecretRef {
  /** `<secret>` or `projects/<project>/secrets/<secret>`. */
  secret: string;
  /** A number, an alias, or `latest`. */
  version: string;
}

export type EnvVar = { name: string; value: string } | { name: string; secret: SecretRef };

export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath: string;
}

export interface Container {
  name: string;
  image: string;
  /** Replaces the image's entry point, when not empty. */
  command: string[];
  /** Replaces the image's arguments, when not empty. */
  args: string[];
  env: EnvVar[];
  limits: Strings;
  volumeMounts: VolumeMount[];
}

export interface SecretVolume {
  secret: string;
  items: { path: string; version: string; mode: number }[];
  defaultMode: number;
}

export interface Volume {
  name: string;
  /** Cloud Run refuses a volume of no kind. */
  secret?: SecretVolume;
}

export interface TaskTemplate {
  containers: Container[];
  volumes: Volume[];
  /** Default: 3 (google/cloud/run/v2/task_template.proto). */
  maxRetries?: number;
  /** Of one attempt. Default: 600 (same). */
  timeoutSeconds?: number;
  serviceAccount: string;
}

/** What a caller writes of a job. */
export interface JobSpec {
  labels: Strings;
  annotations: Strings;
  client: string;
  clientVersion: string;
  template: {
    labels: Strings;
    annotations: Strings;
    parallelism: number;
    /** 0: one. */
    taskCount: number;
    template: TaskTemplate;
  };
  /** Start an execution `<job>-<token>` with this write; the job is ready when it has started … */
  startExecutionToken?: string;
  /** … or when it is over. */
  runExecutionToken?: string;
}

/** A task template with Cloud Run's defaults filled in. */
export type ResolvedTemplate = TaskTemplate & { maxRetries: number; timeoutSeconds: number };

export type JobReason =
  | 'CONTAINER_MISSING'
  | 'SECRETS_ACCESS_CHECK_FAILED'
  | 'PROGRESS_DEADLINE_EXCEEDED';

/** The job's terminal condition. */
export interface Readiness {
  state: 'CONDITION_PENDING' | 'CONDITION_SUCCEEDED' | 'CONDITION_FAILED';
  reason?: JobReason;
  message?: string;
  /** Since when, in ms since the epoch. */
  at: number;
}

/** A job, as the engine keeps it. Times are ms since the epoch. */
export interface JobRecord {
  /** `projects/<p>/locations/<l>/jobs/<j>`. */
  name: string;
  uid: string;
  generation: number;
  observedGeneration: number;
  createdAt: number;
  updatedAt: number;
  spec: JobSpec & { template: { template: ResolvedTemplate } };
  ready: Readiness;
  executionCount: number;
  /** Full name of the newest execution. */
  latest?: string;
  etag: string;
}

/** That a container is being stopped: SIGTERM, and SIGKILL when the grace is over. */
export interface Stop {
  why: 'cancelled' | 'deleted' | 'timeout';
  /** When SIGTERM was handed to the executor, in ms since the epoch. */
  termAt?: number;
  /** SIGKILL was handed to the executor too. */
  killed?: true;
}

/** How one attempt of the task ended. */
export interface Attempt {
  /** google.rpc.Code of `lastAttemptResult.status`; 0: it succeeded. */
  code: number;
  message: string;
  exitCode?: number;
  signal?: number;
}

/** An execution with its one task. Times are ms since the epoch. */
export interface ExecutionRecord {
  /** `<job>/executions/<e>`. */
  name: string;
  /** Full name of its job. */
  job: string;
  uid: string;
  /** Grows by one with every execution of this engine: newest first is by this. */
  serial: number;
  createdAt: number;
  labels: Strings;
  annotations: Strings;
  template: ResolvedTemplate;
  /** `starting`: handed to the executor, which has not said that it runs. */
  phase: 'pending' | 'starting' | 'running' | 'over';
  /** Number of the current attempt, from 0. */
  attempt: number;
  /** When the first attempt started. */
  startedAt?: number;
  /** When the current attempt started. */
  attemptStartedAt?: number;
  stop?: Stop;
  lastAttempt?: Attempt;
  over?: { at: number; outcome: 'succeeded' | 'failed' | 'cancelled'; message: string };
  /** Its job or itself was deleted while it ran: unseen by callers, kept until its container is gone. */
  deleted?: true;
}

export type OperationResult = { ok: true } | { error: { code: number; message: string } };

/** A long-running operation, as the engine keeps it. */
export interface OperationRecord {
  /** `projects/<p>/locations/<l>/operations/<o>`. */
  name: string;
  verb: 'create' | 'update' | 'delete' | 'run' | 'cancel';
  /** Full name of the job or execution it is about. */
  target: string;
  /** What it waits for: all of these executions. Without: for the job to be reconciled. */
  awaits?: { executions: string[]; until: 'started' | 'over' };
  result?: OperationResult;
  /** The target as it was when the operation was made or settled. */
  last: { job: JobView } | { execution: ExecutionView };
}

/** One condition of a job, an execution or a task. */
export interface Condition {
  type: string;
  state: 'CONDITION_PENDING' | 'CONDITION_RECONCILING' | 'CONDITION_FAILED' | 'CONDITION_SUCCEEDED';
  message?: string;
  /** In ms since the epoch. */
  at: number;
  reason?: JobReason;
  executionReason?: 'NON_ZERO_EXIT_CODE' | 'CANCELLED' | 'CANCELLING' | 'DELETED';
}

/** A job, as a caller sees it. */
export interface JobView {
  record: JobRecord;
  terminalCondition: Condition;
  latest?: {
    name: string;
    createdAt: number;
    completedAt?: number;
    status:
      | 'EXECUTION_SUCCEEDED'
      | 'EXECUTION_FAILED'
      | 'EXECUTION_RUNNING'
      | 'EXECUTION_PENDING'
      | 'EXECUTION_CANCELLED';
  };
  reconciling: boolean;
  /** When the job was deleted; only in the answer to that. */
  deletedAt?: number;
}

/** An execution with its task, as a caller sees it. */
export interface ExecutionView {
  record: ExecutionRecord;
  conditions: Condition[];
  reconciling: boolean;
  counts: {
    running: number;
    succeeded: number;
    failed: number;
    cancelled: number;
    retried: number;
  };
}

/** A long-running operation, as a caller sees it. */
export interface Operation {
  name: string;
  /** The resource it is about: metadata, and response once `done` without `error`. */
  resource: { job: JobView } | { execution: ExecutionView };
  done: boolean;
  error?: { code: number; message: string };
}

/** A file that a container finds. */
export interface MountedFile {
  /** Absolute path of its directory in the container. */
  directory: string;
  name: string;
  content: Buffer;
  /** Mode bits, after Cloud Run's umask of 0222. */
  mode: number;
}

/** What the run engine wants done to a process. `execution` is the full name. */
export type RunAction =
  | {
      kind: 'start';
      execution: string;
      attempt: number;
      image: string;
      command: string[];
      args: string[];
      /** Labels of the job and of its execution template, the latter winning. */
      labels: Strings;
      /** Complete and resolved, but for what the executor adds. */
      env: Strings;
      files: MountedFile[];
      timeoutSeconds: number;
    }
  | { kind: 'signal'; execution: string; signal: 'SIGTERM' | 'SIGKILL' };

/** How a process ended: by itself, or by a signal (its number). */
export type Exited = { exitCode: number } | { signal: number };

/** What an executor tells the engine. Reports about an execution that the engine no longer has are ignored. */
export interface RunReports {
  started(execution: string): void;
  exited(execution: string, how: Exited): void;
  couldNotStart(execution: string, message: string): void;
}
