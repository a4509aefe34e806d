import { describe, expect, it } from 'vitest';
import type { Sink } from '../resource.ts';
import { sinkKind as kind } from './sink.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: Sink = {
  kind: 'sink',
  id: 'drover-logs',
  why: 'Exports.',
  topic: 'drover-logs',
  filter: 'resource.type="cloud_run_job"',
  needs: [],
};
const found = {
  name: 'drover-logs',
  destination: 'pubsub.googleapis.com/projects/acme-drover/topics/drover-logs',
  filter: 'resource.type="cloud_run_job"',
  writerIdentity: 'serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com',
};

describe('a sink', () => {
  it('is as it should be right after it was made', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('that was disabled, or exports something else, is set and enabled', () => {
    const other = { ...found, disabled: true, filter: '(empty filter)' };
    expect(told(kind.compare(deployment, wanted, other))).toEqual([
      'filter: (empty filter) > resource.type="cloud_run_job"',
      'disabled: true > false',
    ]);
    expect(kind.update(deployment, wanted, other)?.map(typed)).toEqual([
      expect.stringMatching(/--log-filter=resource\.type="cloud_run_job" .*--no-disabled$/),
    ]);
  });
});
