import type { Entry, Logging } from '@google-cloud/logging';
import type { LogEntry, Logs } from '../ports/index.ts';
import type { Lazy } from './clients.ts';
import { normalised } from './errors.ts';
import type { CloudSettings } from './settings.ts';

/** Largest page of entries.list, so the most that one read can answer with (Logging quotas page). */
const maxPageSize = 1000;

/** A read is given up after this, in ms, and not repeated: an ending waits for it, and can do without it. */
const longestReadMs = 5_000;

/** Cloud Logging through Google's client. */
export function cloudLogs(client: Lazy<Logging>, settings: CloudSettings): Logs {
  return {
    last: (job, limit, since) =>
      normalised('Logging.ListLogEntries', async () => {
        const logging = await client();
        const [entries] = await logging.getEntries({
          resourceNames: [`projects/${settings.project}`],
          filter: containerLogFilter(settings.project, job, since),
          orderBy: 'timestamp desc',
          pageSize: Math.min(limit, maxPageSize),
          autoPaginate: false,
          gaxOptions: { timeout: longestReadMs, retry: null },
        });
        return entries.map(logEntry).reverse();
      }),
  };
}

/**
 * Selects what the containers of a job printed. Without a lower bound on the time Cloud Logging would search all that
 * it keeps.
 */
export function containerLogFilter(project: string, job: string, since: number): string {
  const stream = (name: string): string =>
    `"projects/${project}/logs/run.googleapis.com%2F${name}"`;
  return [
    'resource.type="cloud_run_job"',
    `resource.labels.job_name="${job}"`,
    `logName=(${stream('stdout')} OR ${stream('stderr')})`,
    `timestamp>="${new Date(since).toISOString()}"`,
  ].join(' AND ');
}

function logEntry({ metadata, data }: Entry): LogEntry {
  const { timestamp, insertId, severity } = metadata;
  return {
    at: timestamp instanceof Date ? timestamp.getTime() : 0,
    insertId: insertId ?? '',
    severity: String(severity ?? 'DEFAULT'),
    text: typeof data === 'string' ? data : JSON.stringify(data),
  };
}
