import type { Json } from '../engine.ts';
import type { LogEntry } from '../log-entry.ts';
import { parseExecution, shortName } from './names.ts';
import type { RunState } from './state.ts';
import type { ExecutionRecord } from './types.ts';
import { v1Execution } from './v1.ts';

/** The monitored resource of everything that is logged about an execution. */
export function resourceOf(execution: string): LogEntry['resource'] {
  const { project, region, job } = parseExecution(execution);
  return {
    type: 'cloud_run_job',
    labels: { project_id: project, location: region, job_name: job },
  };
}

/**
 * The labels of a container's log entries: the job's and the execution template's, and Cloud Run's own, which nobody
 * can overwrite.
 */
export function logLabels(
  labels: { readonly [key: string]: string },
  execution: string,
  attempt: number,
): { [key: string]: string } {
  return {
    ...labels,
    'run.googleapis.com/execution_name': shortName(execution),
    'run.googleapis.com/task_index': '0',
    'run.googleapis.com/task_attempt': String(attempt),
  };
}

/** `projects/<project>/logs/<log>` with the log's id as it stands in a name. */
export function logName(execution: string, log: string): string {
  return `projects/${parseExecution(execution).project}/logs/${encodeURIComponent(log)}`;
}

/** What Cloud Run itself says about a container while it has one. */
export function emitSystem(
  state: RunState,
  execution: ExecutionRecord,
  severity: LogEntry['severity'],
  text: string,
): void {
  state.settings.emit({
    logName: logName(execution.name, 'run.googleapis.com/varlog/system'),
    resource: resourceOf(execution.name),
    timestamp: state.context.now(),
    insertId: `system-${execution.uid}-${execution.attempt}-${severity.toLowerCase()}`,
    severity,
    labels: logLabels(execution.labels, execution.name, execution.attempt),
    payload: { text },
  });
}

/**
 * The audit log's system event that an execution is over: the only entry about a container that never started.
 * It carries no label of the job's: nothing says that Google's does.
 */
export function emitEnding(state: RunState, execution: ExecutionRecord): void {
  const { over, name } = execution;
  if (!over) return;
  const id = shortName(name);
  const succeeded = over.outcome === 'succeeded';
  const status: { [key: string]: Json } = succeeded
    ? { message: `Execution ${id} has completed successfully.` }
    : {
        code: over.outcome === 'cancelled' ? 1 : 13,
        message:
          over.outcome === 'cancelled'
            ? over.message
            : `Execution ${id} has failed to complete, 0/1 tasks were a success.`,
      };
  state.settings.emit({
    logName: logName(name, 'cloudaudit.googleapis.com/system_event'),
    resource: resourceOf(name),
    timestamp: over.at,
    insertId: `event-${execution.uid}`,
    severity: succeeded ? 'INFO' : 'ERROR',
    labels: { 'run.googleapis.com/execution_name': id },
    payload: {
      proto: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        status,
        serviceName: 'run.googleapis.com',
        methodName: '/Jobs.RunJob',
        resourceName: `namespaces/${state.settings.project}/executions/${id}`,
        response: v1Execution(state.settings, execution),
      },
    },
  });
}
