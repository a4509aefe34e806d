import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functionNames } from '../resources.ts';
import { alerts } from './alerts.ts';
import { type MetricId, metrics } from './metrics.ts';
import { objectives } from './objectives.ts';
import type { Series } from './series.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** A condition that compares series, as far as these rules look at it. */
interface Threshold {
  filter: string;
  thresholdValue: number;
  aggregations: { alignmentPeriod: string; perSeriesAligner: string; groupByFields: string[] }[];
}

const thresholds = alerts.flatMap(({ id, what, conditions }) =>
  conditions.flatMap(({ conditionThreshold }) =>
    conditionThreshold ? [{ id, what, ...(conditionThreshold as unknown as Threshold) }] : [],
  ),
);

/** What each metric of Google's is, as its lists of metrics have it: how it is counted, and of what type. */
const ofGoogle: { readonly [type: string]: readonly [kind: string, type: string] } = {
  'run.googleapis.com/request_count': ['DELTA', 'INT64'],
  'run.googleapis.com/request_latencies': ['DELTA', 'DISTRIBUTION'],
  'cloudtasks.googleapis.com/queue/task_attempt_delays': ['DELTA', 'DISTRIBUTION'],
  'pubsub.googleapis.com/subscription/num_undelivered_messages': ['GAUGE', 'INT64'],
  'pubsub.googleapis.com/subscription/oldest_unacked_message_age': ['GAUGE', 'INT64'],
};

function typeOf(filter: string): readonly [kind: string, type: string] {
  const type = /metric\.type="([^"]+)"/.exec(filter)?.[1] ?? '';
  const own = metrics.find(({ id }) => type === `logging.googleapis.com/user/${id}`);
  if (own) return ['DELTA', own.measures ? 'DISTRIBUTION' : 'INT64'];
  return ofGoogle[type] ?? [`nobody knows ${type}`, ''];
}

/** Whether points of a metric can be made one in this way (Monitoring API, `Aggregation.Aligner`). */
function canAlign(filter: string, aligner: string): boolean {
  const [kind, type] = typeOf(filter);
  if (aligner.startsWith('ALIGN_PERCENTILE')) return type === 'DISTRIBUTION';
  if (aligner === 'ALIGN_SUM') return kind === 'DELTA' && type === 'INT64';
  return aligner === 'ALIGN_MAX' && kind === 'GAUGE';
}

describe('the alerts', () => {
  it('name each a section of the page on operations, and the page has no other', () => {
    const [, below = ''] = page.split('\n## Alerts\n');
    const [own = ''] = below.split('\n## ');
    const headings = [...own.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(alerts.map(({ section }) => section));
  });

  it('have each what the team must be woken for: stuck runs, dead letters, queue age, locks, secrets, quota, budget, failures', () => {
    expect(alerts.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'stuck-runs',
        'dead-letters',
        'queue-age',
        'overdue-locks',
        'leaked-secrets',
        'quota-near',
        'budget-denied',
        'failure-streak',
      ]),
    );
  });

  it('keep to what Cloud Monitoring takes', () => {
    for (const { id, what, conditions } of alerts) {
      // Values of labels, conditions of one policy, and text (Monitoring API, `AlertPolicy`).
      expect(id).toMatch(/^[a-z][a-z-]{0,62}$/);
      expect(conditions.length).toBeGreaterThanOrEqual(1);
      expect(conditions.length).toBeLessThanOrEqual(6);
      expect(what).toMatch(/^[A-Z].+\.$/);
      const types = conditions.flatMap((each) => Object.keys(each).slice(1));
      if (types.includes('conditionPrometheusQueryLanguage')) expect(types).toHaveLength(1);
    }
    for (const { aggregations } of thresholds) {
      for (const { alignmentPeriod } of aggregations) {
        expect(Number.parseInt(alignmentPeriod, 10) % 60).toBe(0);
      }
    }
  });

  it('make one of points only in ways that their metric allows', () => {
    for (const { id, filter, aggregations } of thresholds) {
      for (const { perSeriesAligner } of aggregations) {
        expect([id, perSeriesAligner, canAlign(filter, perSeriesAligner)]).toEqual([
          id,
          perSeriesAligner,
          true,
        ]);
      }
    }
    const charted: readonly Series[] = objectives.flatMap(({ chart }) => chart.series);
    for (const { filter, aligner } of charted) expect(canAlign(filter, aligner)).toBe(true);
  });

  it('fill in only labels that their series keep', () => {
    for (const { id, what, aggregations } of thresholds) {
      const kept = aggregations.flatMap(({ groupByFields }) => groupByFields);
      for (const [, label = ''] of what.matchAll(/\$\{([^}]+)\}/g)) {
        expect([id, ...kept]).toContain(label);
      }
    }
  });

  it('compare what is measured with the bound of a bucket: within one, Google guesses', () => {
    for (const { filter, thresholdValue } of thresholds) {
      const own = metrics.find(({ id }) => filter.includes(`user/${id}"`));
      const bounds: readonly number[] | undefined = own?.measures?.bounds;
      if (bounds) expect(bounds).toContain(thresholdValue);
    }
  });

  it('name functions that there are', () => {
    const text = JSON.stringify([alerts, objectives]);
    const named = [...text.matchAll(/service_name=\\+"drover-(\w+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(functionNames).toContain(name);
  });

  it('ask for quotas in a query whose brackets are closed', () => {
    const text = JSON.stringify(alerts.find(({ id }) => id === 'quota-near'));
    for (const [open, close] of ['()', '{}', '[]']) {
      const count = (sign = ''): number => text.split(sign).length;
      expect(count(open)).toBe(count(close));
    }
  });
});

describe('a log-based metric', () => {
  it('has a name that is in an alert or on a chart', async () => {
    const { dashboard } = await import('./dashboard.ts');
    const text = JSON.stringify([alerts, dashboard()]);
    const unused = metrics.map(({ id }): MetricId => id).filter((id) => !text.includes(`/${id}\\`));
    expect(unused).toEqual([]);
  });

  it('has bounds in order, and at most as many as Cloud Logging takes', () => {
    for (const { measures } of metrics) {
      const bounds: readonly number[] = measures?.bounds ?? [];
      expect([...bounds].sort((one, other) => one - other)).toEqual(bounds);
      expect(bounds.length).toBeLessThanOrEqual(200);
    }
  });
});
