import { describe, expect, it } from 'vitest';
import type { LogMetric } from '../resource.ts';
import { logMetricKind as kind } from './log-metric.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: LogMetric = {
  kind: 'log-metric',
  id: 'drover-queue-age',
  why: 'Measures.',
  filter: 'jsonPayload.message="a queue waits"',
  labels: { agent: 'jsonPayload.agent' },
  measures: { field: 'jsonPayload.seconds', unit: 's', bounds: [60, 3_600] },
  needs: [],
};
const found = {
  name: 'drover-queue-age',
  description: 'Drover: Measures.',
  filter: 'jsonPayload.message="a queue waits"',
  metricDescriptor: {
    name: 'projects/acme-drover/metricDescriptors/logging.googleapis.com/user/drover-queue-age',
    type: 'logging.googleapis.com/user/drover-queue-age',
    metricKind: 'DELTA',
    valueType: 'DISTRIBUTION',
    unit: 's',
    labels: [{ key: 'agent' }],
  },
  labelExtractors: { agent: 'EXTRACT(jsonPayload.agent)' },
  valueExtractor: 'EXTRACT(jsonPayload.seconds)',
  bucketOptions: { explicitBuckets: { bounds: [60, 3_600] } },
  version: 'V2',
};

describe('a log-based metric', () => {
  it('is as it should be right after it was made', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('that looks for something else is set', () => {
    const other = { ...found, filter: 'severity=ERROR' };
    expect(told(kind.compare(deployment, wanted, other))).toEqual([
      'filter: severity=ERROR > jsonPayload.message="a queue waits"',
    ]);
    expect(kind.update(deployment, wanted, other)?.map(typed)).toEqual([
      'gcloud logging metrics update drover-queue-age --config-from-file=<file>',
    ]);
  });

  it('that counts where it should measure is made anew: Google changes neither into the other', () => {
    const counts = { ...found, metricDescriptor: { metricKind: 'DELTA', valueType: 'INT64' } };
    expect(kind.update(deployment, wanted, counts)).toBeUndefined();
  });

  it('is ours by how name and description begin, also when nothing wants it any more', () => {
    const rows = [
      { name: 'drover-old', description: 'Drover: Counts.' },
      { name: 'drover-mine', description: 'Counts.' },
      { name: 'shop-orders', description: 'Drover: Counts.' },
      found,
    ];
    expect([...kind.read(deployment, [wanted], [rows]).keys()]).toEqual([
      'drover-old',
      'drover-queue-age',
    ]);
  });
});
