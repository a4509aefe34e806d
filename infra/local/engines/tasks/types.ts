/** What is configured of a queue. Times in ms. */
export interface QueueConfig {
  /** `projects/<project>/locations/<location>/queues/<queue>` */
  name: string;
  /** Default 500, the largest. */
  maxDispatchesPerSecond?: number;
  /** Default 1,000; at most 5,000. */
  maxConcurrentDispatches?: number;
  /** Attempts of a task, the first included; -1: no limit. Default 100. */
  maxAttempts?: number;
  /** With a limit of attempts, a task ends when both limits are passed. Default 0: none. */
  maxRetryDurationMs?: number;
  /** Default 100. */
  minBackoffMs?: number;
  /** Default one hour. */
  maxBackoffMs?: number;
  /** How often the back-off doubles before it grows evenly. Default 16. */
  maxDoublings?: number;
}

/** A queue, as it is described. */
export interface QueueInfo extends Required<QueueConfig> {
  /** Tokens that the queue's bucket holds. */
  maxBurst: number;
  state: 'RUNNING' | 'PAUSED';
  /** When it was last purged, in ms since the epoch. */
  purgedAt?: number;
}

export const methods = ['POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const;
export type Method = (typeof methods)[number];

/** A token that the delivery carries. */
export interface OidcToken {
  /** The service account it stands for. */
  email: string;
  /** Default: the URL of the task. */
  audience?: string;
}

/** A task, as it is asked for. */
export interface NewTask {
  /** `<queue>/tasks/<task>`. Default: chosen here. */
  name?: string;
  url: string;
  /** Default POST. */
  method?: Method;
  headers?: { readonly [name: string]: string };
  body?: Uint8Array;
  oidc?: OidcToken;
  /** In ms since the epoch. Default, and for a time in the past: now. */
  scheduleAt?: number;
  /** How long the target may take to answer, in ms. Default ten minutes. */
  dispatchDeadlineMs?: number;
}

/** How an attempt went: answered with an HTTP status, or not answered. */
export type Outcome =
  | { status: number /** From the answer's `Retry-After`. */; retryAfterMs?: number }
  | { failed: string };

/** A task that is not over. */
export interface TaskInfo {
  name: string;
  /** Whether who asked for it chose its name. */
  named: boolean;
  url: string;
  method: Method;
  headers: { readonly [name: string]: string };
  body: Buffer;
  oidc?: Required<OidcToken>;
  createdAt: number;
  /** When it is attempted next, in ms since the epoch. */
  scheduleAt: number;
  dispatchDeadlineMs: number;
  /** Attempts begun. */
  dispatches: number;
  /** Attempts that were answered. */
  responses: number;
  /** Attempts that were answered with anything but a 5xx: what `X-CloudTasks-TaskExecutionCount` tells. */
  executions: number;
  /** Attempts that failed: what `X-CloudTasks-TaskRetryCount` tells. */
  failures: number;
  firstAttemptAt?: number;
  lastAttempt?: {
    scheduledAt: number;
    dispatchedAt: number;
    settledAt?: number;
    outcome?: Outcome;
  };
}

/** One delivery to be made now. Report it with `settle`. */
export interface Attempt {
  /** Unique a process. */
  id: number;
  /** Full name of the task. */
  task: string;
  /** Full name of the queue. */
  queue: string;
  url: string;
  method: Method;
  /** All of them but `Authorization`, `Host` and `Content-Length`. */
  headers: { readonly [name: string]: string };
  body: Buffer;
  oidc?: Required<OidcToken>;
  /** How long to wait for the answer, in ms. */
  deadlineMs: number;
}

/** What the engine is told to do wrong; what is left out is done right again (D13). */
export interface Misbehaviour {
  /** How many of the next deliveries are made twice. */
  duplicate?: number;
  /** How many of the next tasks vanish instead of being delivered. */
  forget?: number;
  /** How much later than scheduled each delivery is made, in ms. */
  delayMs?: number;
}
