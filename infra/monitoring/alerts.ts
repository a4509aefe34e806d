import type { AlertPolicy } from '../deployment/resource.ts';
import { above, absent, answered } from './conditions.ts';
import { counted, measured, requests, subscriptions, taskDelays } from './series.ts';

/** An alert, and the section of docs/operations.md that says what to do about it. */
export interface Alert extends Pick<AlertPolicy, 'severity' | 'conditions'> {
  /** Stands in a label, and so has lower-case letters and hyphens. */
  id: string;
  /** The heading of its section. */
  section: string;
  /** What has happened, in a sentence or two for whoever is told. */
  what: string;
}

const minute = 60;

/** A label of the time series that opened an incident, as Cloud Monitoring fills it in. */
const label = (name: string): string => `\${${name}}`;

/** Services whose quotas a burst of runs uses up. */
const limited = ['run', 'secretmanager', 'cloudtasks', 'pubsub', 'firestore', 'cloudbuild'];

/**
 * Usage of quotas a minute over their limits. Limits are written once a day, and -1 where there is none (Google Cloud metrics,
 * `serviceruntime`); a PromQL name has its first slash as a colon (Cloud Monitoring docs, "Map Cloud Monitoring metrics to PromQL").
 */
function quotaUse(): string {
  const of = `monitored_resource="consumer_quota",service=~"(${limited.join('|')}).googleapis.com"`;
  const by = '(service, quota_metric, location)';
  const used = `sum by ${by} (rate(serviceruntime_googleapis_com:quota_rate_net_usage{${of}}[5m])) * 60`;
  const most = `min by ${by} (last_over_time(serviceruntime_googleapis_com:quota_limit{${of}}[1d]) > 0)`;
  return `${used} / on ${by} ${most}`;
}

/** Everything that a person is told of, most useful first. */
export const alerts: readonly Alert[] = [
  {
    id: 'function-fails',
    section: 'A function fails',
    severity: 'ERROR',
    what: `The function \`${label('resource.label.service_name')}\` wrote an error to its log.`,
    conditions: [
      above('an error in the log', 0, counted('drover-errors', 'resource.label.service_name'), {
        per: 5 * minute,
      }),
    ],
  },
  {
    id: 'tick-silent',
    section: 'The tick is not called',
    severity: 'CRITICAL',
    what: 'For ten minutes no call of `tick` was answered: schedules stand still, and what got lost is not found again.',
    conditions: [
      absent(
        'no tick in ten minutes',
        requests('tick', { response_code_class: '2xx' }),
        10 * minute,
      ),
    ],
  },
  {
    id: 'deliveries-refused',
    section: 'Deliveries are refused',
    severity: 'CRITICAL',
    what: 'Senders of webhooks got no answer of `webhook`, or an error of it.',
    conditions: [
      above('answers 5xx', 5, requests('webhook', { response_code_class: '5xx' }), {
        per: 5 * minute,
      }),
      above('answers 429', 5, requests('webhook', { response_code: '429' }), { per: 5 * minute }),
    ],
  },
  {
    id: 'stuck-runs',
    section: 'Runs are stuck',
    severity: 'ERROR',
    what: 'Runs have not come on for so long that nothing of Drover will help them.',
    conditions: [above('stuck runs', 0, counted('drover-stuck-runs'), { per: 20 * minute })],
  },
  {
    id: 'dead-letters',
    section: 'There are dead letters',
    severity: 'ERROR',
    what: `Messages could not be delivered after many attempts. They are kept in \`${label('resource.label.subscription_id')}\` for a week.`,
    conditions: [
      above(
        'messages in a dead-letter subscription',
        0,
        subscriptions('num_undelivered_messages', 'drover-.*-dead'),
        { per: 5 * minute },
      ),
    ],
  },
  {
    id: 'queue-age',
    section: 'A queue is old',
    severity: 'WARNING',
    what: 'Something waits much longer than it should: runs for a slot, wake-ups for their call, or log lines for `logs`.',
    conditions: [
      above(
        'a run waits for more than an hour',
        3_600,
        measured('drover-queue-age', 99, 'metric.label.agent'),
        { per: 10 * minute },
      ),
      above('wake-ups are a minute late', 60_000, taskDelays(95), {
        per: 5 * minute,
        lasting: 5 * minute,
      }),
      above(
        'log lines are five minutes late',
        300,
        subscriptions('oldest_unacked_message_age', 'drover-logs'),
        { per: minute, lasting: 5 * minute },
      ),
    ],
  },
  {
    id: 'failure-streak',
    section: 'An agent fails again and again',
    severity: 'ERROR',
    what: `The agent \`${label('metric.label.agent')}\` failed so often in a row that it paused itself. It starts nothing until somebody resumes it.`,
    conditions: [
      above('an agent paused itself', 0, counted('drover-agents-paused', 'metric.label.agent'), {
        per: 10 * minute,
      }),
    ],
  },
  {
    id: 'budget-denied',
    section: 'A budget is spent',
    severity: 'WARNING',
    what: `The budget of \`${label('metric.label.agent')}\` for today is spent, and runs of it wait for tomorrow.`,
    conditions: [
      above('runs wait for tomorrow', 0, counted('drover-budget-spent', 'metric.label.agent'), {
        per: 10 * minute,
      }),
    ],
  },
  {
    id: 'quota-near',
    section: 'A quota is nearly used up',
    severity: 'WARNING',
    what: 'More than four fifths of a quota of Google are in use.',
    conditions: [answered('four fifths of a quota', `(${quotaUse()}) > 0.8`, 5 * minute)],
  },
  {
    id: 'launches-slowed',
    section: 'Launches are slowed down',
    severity: 'WARNING',
    what: 'Google refuses launches for a quota, and Drover spreads them.',
    conditions: [
      above('launches refused for a quota', 10, counted('drover-quota-refusals'), {
        per: 15 * minute,
      }),
    ],
  },
  {
    id: 'overdue-locks',
    section: 'Locks are overdue',
    severity: 'WARNING',
    what: 'A run that works on let the time of a lock pass: another may have got it meanwhile.',
    conditions: [above('overdue locks', 0, counted('drover-overdue-locks'), { per: 15 * minute })],
  },
  {
    id: 'leaked-secrets',
    section: 'Secrets are left over',
    severity: 'WARNING',
    what: 'The sweep finds secrets of runs that are over, minute after minute: it cannot remove them, or there are ever more.',
    conditions: [
      // What a crash left is found once, and gone.
      above('sweeps that found secrets', 3, counted('drover-leaked-secrets'), {
        per: 15 * minute,
      }),
    ],
  },
];
