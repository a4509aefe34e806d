import type { Clock } from './clock.ts';
import type { Documents } from './documents.ts';
import type { Events } from './events.ts';
import type { Jobs } from './jobs.ts';
import type { Log } from './log.ts';
import type { Logs } from './logs.ts';
import type { Notify } from './notify.ts';
import type { Random } from './random.ts';
import type { Secrets } from './secrets.ts';
import type { Spans } from './spans.ts';
import type { Tasks } from './tasks.ts';

/** Everything outside the domain, passed as the first argument of what needs it (D12). */
export interface Ports {
  clock: Clock;
  random: Random;
  documents: Documents;
  tasks: Tasks;
  secrets: Secrets;
  jobs: Jobs;
  logs: Logs;
  events: Events;
  notify: Notify;
  log: Log;
  /** Absent where nobody collects traces. */
  spans?: Spans;
}

export type { Clock } from './clock.ts';
export * from './documents.ts';
export * from './errors.ts';
export type * from './events.ts';
export type * from './jobs.ts';
export type { Log, LogFields } from './log.ts';
export type { LogEntry, Logs } from './logs.ts';
export type * from './notify.ts';
export type { Random } from './random.ts';
export type * from './secrets.ts';
export type * from './spans.ts';
export type * from './tasks.ts';
