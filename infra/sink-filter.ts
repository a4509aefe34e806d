/**
 * Which log entries go to the `logs` function: what Drover's containers print, Cloud Run's own word on them, and the
 * audit entry that an execution ended (D7). The deployed sink and the local one use this text.
 *
 * A container that never started is told of in the audit log alone, and may lack the job's labels there, so nothing
 * but the job's name selects it.
 *
 * @see https://cloud.google.com/logging/docs/view/logging-query-language
 */
export function sinkFilter(project: string): string {
  const log = (id: string): string =>
    `logName="projects/${project}/logs/${encodeURIComponent(id)}"`;
  return [
    'resource.type="cloud_run_job"',
    'resource.labels.job_name=~"^drover-"',
    `(${[
      log('run.googleapis.com/stdout'),
      log('run.googleapis.com/stderr'),
      log('run.googleapis.com/varlog/system'),
      `(${log('cloudaudit.googleapis.com/system_event')} AND protoPayload.methodName="/Jobs.RunJob")`,
    ].join(' OR ')})`,
  ].join(' AND ');
}
