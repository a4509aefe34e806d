import type { ApiJson } from '../deployment/resource.ts';
import type { MetricId } from './metrics.ts';

/** Time series of Cloud Monitoring, and how they become those that are looked at (Monitoring API, `TimeSeriesFilter`). */
export interface Series {
  /** In the filter language of Cloud Monitoring. */
  filter: string;
  /** How the points of a period become one: `ALIGN_SUM`. */
  aligner: string;
  /** How series become one: `REDUCE_SUM`. */
  reducer: string;
  /** Labels of which each value keeps a series of its own. */
  by: readonly string[];
}

/** What a log-based metric of ours counts. Each is of the functions. */
export function counted(metric: MetricId, ...by: readonly string[]): Series {
  return { filter: logMetric(metric), aligner: 'ALIGN_SUM', reducer: 'REDUCE_SUM', by };
}

/** What a log-based metric of ours measures: a percentile of it. */
export function measured(metric: MetricId, percentile: 95 | 99, ...by: readonly string[]): Series {
  const aligner = `ALIGN_PERCENTILE_${percentile}`;
  return { filter: logMetric(metric), aligner, reducer: 'REDUCE_MAX', by };
}

function logMetric(metric: MetricId): string {
  return `metric.type="logging.googleapis.com/user/${metric}" AND resource.type="cloud_run_revision"`;
}

/** Requests to a function, by Cloud Run's own count. `labels` narrows them: `{ response_code_class: '5xx' }`. */
export function requests(
  fn: string,
  labels: { readonly [label: string]: string },
  ...by: readonly string[]
): Series {
  const narrowed = Object.entries(labels).map(
    ([label, value]) => `metric.labels.${label}="${value}"`,
  );
  const filter = [
    'metric.type="run.googleapis.com/request_count"',
    ...ofFunction(fn),
    ...narrowed,
  ].join(' AND ');
  return { filter, aligner: 'ALIGN_SUM', reducer: 'REDUCE_SUM', by };
}

/** How long requests to a function took: the 99th percentile, in ms. */
export function latencies(fn: string): Series {
  const filter = ['metric.type="run.googleapis.com/request_latencies"', ...ofFunction(fn)].join(
    ' AND ',
  );
  return { filter, aligner: 'ALIGN_PERCENTILE_99', reducer: 'REDUCE_MAX', by: [] };
}

function ofFunction(fn: string): string[] {
  return ['resource.type="cloud_run_revision"', `resource.labels.service_name="drover-${fn}"`];
}

/** How late Cloud Tasks makes the calls of our queues: a percentile, in ms. */
export function taskDelays(percentile: 95 | 99): Series {
  const filter = [
    'metric.type="cloudtasks.googleapis.com/queue/task_attempt_delays"',
    'resource.type="cloud_tasks_queue"',
    'resource.labels.queue_id=monitoring.regex.full_match("drover-.*")',
  ].join(' AND ');
  const aligner = `ALIGN_PERCENTILE_${percentile}`;
  return { filter, aligner, reducer: 'REDUCE_MAX', by: ['resource.label.queue_id'] };
}

/** Something that Pub/Sub says of subscriptions whose names a pattern matches. */
export function subscriptions(metric: string, pattern: string): Series {
  const filter = [
    `metric.type="pubsub.googleapis.com/subscription/${metric}"`,
    'resource.type="pubsub_subscription"',
    `resource.labels.subscription_id=monitoring.regex.full_match("${pattern}")`,
  ].join(' AND ');
  const by = ['resource.label.subscription_id'];
  return { filter, aligner: 'ALIGN_MAX', reducer: 'REDUCE_MAX', by };
}

/** How a series is made, as the Monitoring API has it (`Aggregation`). */
export function aggregation({ aligner, reducer, by }: Series, seconds: number) {
  return {
    alignmentPeriod: `${seconds}s`,
    perSeriesAligner: aligner,
    crossSeriesReducer: reducer,
    groupByFields: by,
  } satisfies ApiJson;
}
