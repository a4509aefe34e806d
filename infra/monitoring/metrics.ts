import { logLines } from '../../shared/log-lines.ts';
import type { LogMetric } from '../deployment/resource.ts';

type Metric = Omit<LogMetric, 'kind' | 'needs'>;

/** Log lines of the functions, in the query language of Cloud Logging. */
const ofFunctions = 'resource.type="cloud_run_revision" resource.labels.service_name=~"^drover-"';

function linesWith(message: string): string {
  return `${ofFunctions} jsonPayload.message="${message}"`;
}

const agent = { agent: 'jsonPayload.agent' };

/** Bounds of buckets in seconds. What an alert compares with has to be one of them: within a bucket, Google guesses. */
const waits = [300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];
const launches = [1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 120];

/** What is counted of the functions' log lines, for charts and alerts. */
export const metrics = [
  {
    id: 'drover-errors',
    why: 'Log lines of the functions that tell of a failure.',
    // Cloud Run writes a line of its own for each request, as an error where it was answered 5xx: "again, please" is none.
    filter: `${ofFunctions} severity>=ERROR NOT log_id("run.googleapis.com/requests")`,
    labels: {},
    measures: null,
  },
  {
    id: 'drover-stuck-runs',
    why: 'Sweeps that saw runs which nobody brings on.',
    filter: linesWith(logLines.stuckRuns),
    labels: {},
    measures: null,
  },
  {
    id: 'drover-queue-age',
    why: 'How long the oldest run of an agent waits that could start.',
    filter: linesWith(logLines.queueWaits),
    labels: agent,
    measures: { field: 'jsonPayload.seconds', unit: 's', bounds: waits },
  },
  {
    id: 'drover-overdue-locks',
    why: 'Sweeps that took locks from runs which let their time pass, or came late to free some.',
    filter: linesWith(logLines.overdueLocks),
    labels: {},
    measures: null,
  },
  {
    id: 'drover-leaked-secrets',
    why: 'Sweeps that found secrets of runs that are over.',
    filter: linesWith(logLines.leakedSecrets),
    labels: {},
    measures: null,
  },
  {
    id: 'drover-quota-refusals',
    why: 'Launches that Google refused for a quota.',
    filter: linesWith(logLines.slowedDown),
    labels: {},
    measures: null,
  },
  {
    id: 'drover-budget-spent',
    why: 'Looks at a queue that waits for the next day, because the budget of this one is spent.',
    filter: linesWith(logLines.budgetSpent),
    labels: agent,
    measures: null,
  },
  {
    id: 'drover-agents-paused',
    why: 'Agents that paused themselves, because too many runs failed in a row.',
    filter: linesWith(logLines.pausedItself),
    labels: agent,
    measures: null,
  },
  {
    id: 'drover-runs-ended',
    why: 'Runs that ended, by their reason.',
    filter: linesWith(logLines.runEnded),
    labels: { ...agent, reason: 'jsonPayload.reason' },
    measures: null,
  },
  {
    id: 'drover-launch-seconds',
    why: 'Seconds from the slot of a run to Cloud Run having its job.',
    filter: linesWith(logLines.launched),
    labels: {},
    measures: { field: 'jsonPayload.seconds', unit: 's', bounds: launches },
  },
] as const satisfies readonly Metric[];

export type MetricId = (typeof metrics)[number]['id'];
