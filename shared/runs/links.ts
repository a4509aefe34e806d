import type { Settings } from '../settings.ts';
import { jobId } from './names.ts';
import { originOf, type Trigger } from './trigger.ts';

const console = 'https://console.cloud.google.com';

/** Where a reader goes, by what is found there: paths of documents, or addresses of the console. */
export type Links = { [what: string]: string };

/** Where a reader of the run document goes next. */
export function consoleLinks(
  { project, region }: Settings,
  runId: string,
  delivery: string | undefined,
): Links {
  const job = jobId(runId);
  const filter = `resource.type="cloud_run_job" resource.labels.job_name="${job}"`;
  return {
    ...(delivery === undefined ? {} : { delivery: `deliveries/${delivery}` }),
    execution: `${console}/run/jobs/details/${region}/${job}/executions?project=${project}`,
    logs: `${console}/logs/query;query=${encodeURIComponent(filter)}?project=${project}`,
  };
}

/** Up the tree of calls, for a run that another agent called for. */
export function callLinks(trigger: Trigger): Links {
  const origin = originOf(trigger);
  if (origin.type !== 'call') return {};
  const caller = { calledBy: `runs/${origin.caller}` };
  return origin.call === null ? caller : { ...caller, call: `calls/${origin.call}` };
}

/** The links of a run that follows another: to the same delivery, to a job of its own, and back. */
export function linksAfter(links: Links, before: string, runId: string): Links {
  const own = Object.entries(links).map(([what, link]) => [
    what,
    what === 'delivery' ? link : link.replaceAll(jobId(before), jobId(runId)),
  ]);
  return { ...Object.fromEntries(own), before: `runs/${before}` };
}
