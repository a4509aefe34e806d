import { containerLogFilter } from '../../../shared/cloud/logs.ts';
import type { CloudSettings } from '../../../shared/cloud/settings.ts';
import type { LogEntry, Logs } from '../../../shared/ports/index.ts';
import type { LoggingEngine } from '../engines/logging/engine.ts';
import type { StoredEntry } from '../engines/logging/entry.ts';
import { asCloudError } from './errors.ts';

/** Cloud Logging without the wire. */
export function inProcessLogs(engine: LoggingEngine, settings: CloudSettings): Logs {
  return {
    last: async (job, limit, since) => {
      try {
        const { entries } = engine.list({
          filter: containerLogFilter(settings.project, job, since),
          orderBy: 'timestamp desc',
          pageSize: Math.min(limit, 1000),
        });
        return entries.map(logEntry).reverse();
      } catch (error) {
        throw asCloudError(error);
      }
    },
  };
}

function logEntry({ timestamp, insertId, severity, payload }: StoredEntry): LogEntry {
  const text = 'text' in payload ? payload.text : JSON.stringify(Object.values(payload)[0]);
  return { at: Math.floor(timestamp), insertId, severity, text };
}
