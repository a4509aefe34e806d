import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Log, LogFields } from '../../shared/ports/index.ts';

/** The trace that the current request belongs to: 32 hex digits. */
const currentTrace = new AsyncLocalStorage<string>();

/** Runs `handle` so that every log line of it names the request's trace: the one its headers carry, or a new one. */
export function withTrace<T>(headers: Headers, handle: () => T): T {
  return currentTrace.run(traceOf(headers) ?? randomUUID().replaceAll('-', ''), handle);
}

/** W3C `traceparent`, or Google's older header. */
function traceOf(headers: Headers): string | undefined {
  const w3c = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(headers.get('traceparent') ?? '');
  return (w3c ?? /^([0-9a-f]{32})\//.exec(headers.get('x-cloud-trace-context') ?? ''))?.[1];
}

/** Log lines as Cloud Logging reads them from stdout: one JSON object a line. */
export function jsonLog(project: string, write: (line: string) => void): Log {
  const line = (severity: string, message: string, fields: LogFields = {}): void => {
    const trace = currentTrace.getStore();
    write(
      JSON.stringify({
        severity,
        message,
        time: new Date().toISOString(),
        ...fields,
        ...(trace ? { 'logging.googleapis.com/trace': `projects/${project}/traces/${trace}` } : {}),
      }),
    );
  };
  return {
    info: (message, fields) => line('INFO', message, fields),
    warn: (message, fields) => line('WARNING', message, fields),
    error: (message, fields) => line('ERROR', message, fields),
  };
}
