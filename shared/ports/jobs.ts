import type { Labels } from './secrets.ts';

/** Files of one directory of the container: versions of one secret (D4). */
export interface SecretFiles {
  /** Absolute path of the directory. No two volumes share one, and none lies inside another. */
  directory: string;
  secret: string;
  /** File name to version number. */
  files: { readonly [name: string]: string };
}

/** A job that is created and started by one call. */
export interface NewJob {
  /** Lower-case letters, digits and `-`, beginning with a letter. */
  id: string;
  /**
   * Names the execution `<id>-<startToken>` (together under 63 characters) and makes the call idempotent:
   * the same job is never started twice (D3).
   */
  startToken: string;
  image: string;
  /** Name and value at most 32 KiB each (Cloud Run quotas page). */
  env: { readonly [name: string]: string };
  /** Variables whose value is a secret's version, resolved when the container starts. */
  secretEnv: { readonly [name: string]: { secret: string; version: string } };
  secretFiles: readonly SecretFiles[];
  /** Kubernetes quantity, such as `512Mi` or `2Gi`. */
  memory: string;
  /** CPUs, such as `1` or `0.5`. */
  cpus: string;
  /** After this many seconds the container gets SIGTERM, and SIGKILL 10 s later. */
  timeoutSeconds: number;
  /** The identity that the container runs as, and reads its secrets as: a service account's id in the adapter's project. */
  serviceAccount: string;
  /** Put on the job and on its executions, and so on every log entry of the container. */
  labels: Labels;
}

/** What is known of a job. */
export interface JobInfo {
  id: string;
  labels: Labels;
  /** When it was made, in ms since the epoch. */
  createdAt: number;
  /** Name (last segment) of its newest execution, if one was created. */
  execution?: string;
  /** Whether that execution is over. */
  executionOver: boolean;
  /** Why Cloud Run could not make the job ready, when it says so; such a job never starts. */
  refusal?: { code: 'image_not_found' | 'secret_unreadable' | 'other'; message: string };
}

/** How the container of an execution ended, when Cloud Run could tell. */
export interface Exit {
  /** Exit code, when the container ended by itself. */
  exitCode?: number;
  /** Signal number, when it was ended by one. */
  signal?: number;
  /** Cloud Run's own words. */
  message: string;
}

/** One execution of a job; it has one task and no retries. */
export interface ExecutionInfo {
  name: string;
  /** When the container started, in ms since the epoch; undefined while it is pending. */
  startedAt?: number;
  /** Present when nothing of it runs any more. */
  over?: {
    at: number;
    outcome: 'succeeded' | 'failed' | 'cancelled';
    exit?: Exit;
  };
}

/** Cloud Run jobs. */
export interface Jobs {
  /**
   * Creates a job and starts its one execution. `exists`: a job of this id is there; what became of it must be looked up.
   * Never proves that a container started: read {@link Jobs.execution} (D3).
   */
  start(job: NewJob): Promise<'accepted' | 'exists'>;
  /** The job, or undefined. */
  get(id: string): Promise<JobInfo | undefined>;
  /** One execution of a job with its exit, or undefined. Two round trips when it is over, else one. */
  execution(job: string, execution: string): Promise<ExecutionInfo | undefined>;
  /** Asks for the execution's end: SIGTERM, SIGKILL after 10 s. `over`: it was over or gone. */
  cancel(job: string, execution: string): Promise<'cancelling' | 'over'>;
  /** Deletes the job with its executions, killing what runs. `absent`: there was none. */
  delete(id: string): Promise<'deleted' | 'absent'>;
  /** All jobs that carry every one of `labels`. Reads all pages. */
  list(labels: Labels): Promise<JobInfo[]>;
}
