import { describe, expect, it } from 'vitest';
import type { Queue } from '../resource.ts';
import { queueKind as kind } from './queue.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: Queue = {
  kind: 'queue',
  id: 'drover-poll',
  why: '',
  maxConcurrentDispatches: 100,
  maxDispatchesPerSecond: 500,
  maxAttempts: 20,
  minBackoffMs: 500,
  maxBackoffMs: 60_000,
  maxDoublings: 6,
  needs: [],
};
const found = {
  name: 'projects/acme-drover/locations/europe-west1/queues/drover-poll',
  rateLimits: { maxBurstSize: 100, maxConcurrentDispatches: 100, maxDispatchesPerSecond: 500.0 },
  retryConfig: { maxAttempts: 20, maxBackoff: '60s', maxDoublings: 6, minBackoff: '0.500s' },
  state: 'RUNNING',
};

describe('a queue', () => {
  it('is as it should be right after it was made', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('that was paused is resumed, and set', () => {
    const paused = { ...found, state: 'PAUSED', rateLimits: { maxDispatchesPerSecond: 5 } };
    expect(told(kind.compare(deployment, wanted, paused))).toEqual([
      'maxConcurrentDispatches:  > 100',
      'maxDispatchesPerSecond: 5 > 500',
      'state: PAUSED > RUNNING',
    ]);
    expect(kind.update(deployment, wanted, paused)?.map(typed)).toEqual([
      'gcloud tasks queues update drover-poll --location=europe-west1 --max-concurrent-dispatches=100 ' +
        '--max-dispatches-per-second=500 --max-attempts=20 --min-backoff=0.5s --max-backoff=60s --max-doublings=6',
      'gcloud tasks queues resume drover-poll --location=europe-west1',
    ]);
  });
});
