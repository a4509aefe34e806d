import { counted, latencies, measured, requests, type Series, taskDelays } from './series.ts';

/** A service level that Drover is meant to keep, over 28 days, and the chart that shows it. */
export interface Objective {
  /** What is measured, in half a sentence. */
  what: string;
  target: string;
  chart: { title: string; unit: string; series: readonly Series[] };
}

/** Most useful first. The targets follow from what Drover waits for: Cloud Run's cold starts, Cloud Tasks, the minute of the tick. */
export const objectives: readonly Objective[] = [
  {
    what: 'deliveries that are answered, and not with 5xx or 429',
    target: '99.9 %',
    chart: {
      title: 'Answers of webhook, by class',
      unit: 'a minute',
      series: [requests('webhook', {}, 'metric.label.response_code_class')],
    },
  },
  {
    what: 'time in which a delivery is answered',
    target: '99 % within 3 s',
    chart: { title: 'Latency of webhook, p99', unit: 'ms', series: [latencies('webhook')] },
  },
  {
    what: 'minutes with a tick that was answered',
    target: '99.9 %',
    chart: {
      title: 'Ticks',
      unit: 'a minute',
      series: [requests('tick', {}, 'metric.label.response_code_class')],
    },
  },
  {
    what: 'time by which a wake-up is late',
    target: '99 % within 10 s',
    chart: { title: 'Delay of wake-ups, p99', unit: 'ms', series: [taskDelays(99)] },
  },
  {
    what: 'time from the slot of a run to Cloud Run having its job',
    target: '95 % within 15 s',
    chart: {
      title: 'Time of a launch, p95',
      unit: 's',
      series: [measured('drover-launch-seconds', 95)],
    },
  },
  {
    what: 'runs that end for another reason than `launch_failed` and `execution_vanished`',
    target: '99.9 %',
    chart: {
      title: 'Ended runs, by reason',
      unit: 'a minute',
      series: [counted('drover-runs-ended', 'metric.label.reason')],
    },
  },
];
