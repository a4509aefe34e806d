import type { Clock } from './clock.ts';
import type { Documents } from './documents.ts';
import type { Jobs } from './jobs.ts';
import type { Log } from './log.ts';
import type { Logs } from './logs.ts';
import type { Random } from './random.ts';
import type { Secrets } from './secrets.ts';
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
  log: Log;
}

export type { Clock } from './clock.ts';
export * from './documents.ts';
export * from './errors.ts';
export type * from './jobs.ts';
export type { Log, LogFields } from './log.ts';
export type { LogEntry, Logs } from './logs.ts';
export type { Random } from './random.ts';
export type * from './secrets.ts';
export type * from './tasks.ts';
