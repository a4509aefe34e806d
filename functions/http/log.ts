import type { Log, LogFields } from '../../shared/ports/index.ts';
import { currentTrace } from './trace.ts';

/**
 * Log lines as Cloud Logging reads them from stdout: one JSON object a line. Each has the fields by which Cloud Trace finds it (Cloud
 * Logging docs, "Link log entries with traces"): those of the request, or of the run that it is about, where it says so.
 */
export function jsonLog(project: string, write: (line: string) => void): Log {
  const line = (severity: string, message: string, { trace, ...fields }: LogFields = {}): void => {
    write(
      JSON.stringify({
        severity,
        message,
        time: new Date().toISOString(),
        ...fields,
        ...traceFields(project, trace),
      }),
    );
  };
  return {
    info: (message, fields) => line('INFO', message, fields),
    warn: (message, fields) => line('WARNING', message, fields),
    error: (message, fields) => line('ERROR', message, fields),
  };
}

function traceFields(project: string, ofRun: string | undefined): { [field: string]: unknown } {
  const request = currentTrace();
  const trace = ofRun ?? request?.trace;
  if (trace === undefined) return {};
  const name = { 'logging.googleapis.com/trace': `projects/${project}/traces/${trace}` };
  // The request is no part of another trace than its own.
  if (!request || request.trace !== trace) return name;
  return {
    ...name,
    'logging.googleapis.com/spanId': request.span,
    'logging.googleapis.com/trace_sampled': request.isSampled,
  };
}
