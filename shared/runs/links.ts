import type { Settings } from '../settings.ts';
import { jobId } from './names.ts';

const console = 'https://console.cloud.google.com';

/** Where a reader of the run document goes next. */
export function consoleLinks(
  { project, region }: Settings,
  runId: string,
  delivery: string,
): { [what: string]: string } {
  const job = jobId(runId);
  const filter = `resource.type="cloud_run_job" resource.labels.job_name="${job}"`;
  return {
    delivery: `deliveries/${delivery}`,
    execution: `${console}/run/jobs/details/${region}/${job}/executions?project=${project}`,
    logs: `${console}/logs/query;query=${encodeURIComponent(filter)}?project=${project}`,
  };
}
