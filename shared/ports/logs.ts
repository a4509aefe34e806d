/** One entry of a container's log. */
export interface LogEntry {
  /** When it was written, in ms since the epoch. */
  at: number;
  /** Unique within a job and time; the same entry may be delivered twice. */
  insertId: string;
  severity: string;
  /** The line, or the JSON of the object that was logged. */
  text: string;
}

/**
 * Cloud Logging, read. Not the path that logs normally take (that is the sink, D7): reads are limited to 60 a minute
 * a project (Logging quotas page), so this is for the one question "what did this job say last?".
 */
export interface Logs {
  /** The newest entries of a job's containers since `since` (ms since the epoch), oldest first. */
  last(job: string, limit: number, since: number): Promise<LogEntry[]>;
}
