import { describe, expect, it } from 'vitest';
import { harness, queue, request } from './harness.ts';
import type { QueueConfig } from './types.ts';

const parent = 'projects/demo/locations/europe-west1';
const other = `${parent}/queues/other`;

describe('queues', () => {
  it('get the defaults of Cloud Tasks', () => {
    const { engine } = harness();
    expect(engine.createQueue(parent, { name: other })).toEqual({
      name: other,
      maxDispatchesPerSecond: 500,
      maxBurst: 100,
      maxConcurrentDispatches: 1_000,
      maxAttempts: 100,
      maxRetryDurationMs: 0,
      minBackoffMs: 100,
      maxBackoffMs: 3_600_000,
      maxDoublings: 16,
      state: 'RUNNING',
    });
  });

  it.each<[rule: string, config: Partial<QueueConfig>, message: RegExp]>([
    ['a positive rate', { maxDispatchesPerSecond: -1 }, /cannot be negative/],
    ['a rate of 500 or less', { maxDispatchesPerSecond: 501 }, /less than or equal to 500/],
    ['some concurrency', { maxConcurrentDispatches: -1 }, /cannot be negative/],
    ['concurrency of 5000 or less', { maxConcurrentDispatches: 5_001 }, /equal to 5000/],
    ['attempts of -1 or more', { maxAttempts: -2 }, /greater or equal to -1/],
    ['doublings of 0 or more', { maxDoublings: -1 }, /maxDoublings cannot be negative/],
    ['a back-off in order', { minBackoffMs: 2, maxBackoffMs: 1 }, /less than or equal to RetryCon/],
    ['a back-off that waits', { minBackoffMs: -1 }, /minBackoff cannot be negative/],
    ['a full name', { name: 'other' }, /Queue name must be formatted/],
    ['a plain id', { name: `${parent}/queues/a_b` }, /Queue name must be formatted/],
    ['a name in its location', { name: other.replace('demo', 'x') }, /must begin with/],
  ])('ask for %s', (_, config, message) => {
    const { engine } = harness();
    const create = () => engine.createQueue(parent, { name: other, ...config });
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('are made once', () => {
    const { engine } = harness();
    expect(() => engine.createQueue(parent, { name: queue })).toThrow('Queue already exists');
  });

  it('are listed by name, over pages, within their location', () => {
    const { engine } = harness();
    engine.createQueue(parent, { name: other });
    engine.createQueue(parent.replace('west1', 'west2'), { name: other.replace('west1', 'west2') });
    const first = engine.listQueues(parent, { size: 1 });
    const second = engine.listQueues(parent, { size: 1, token: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual([other, queue]);
    expect(second.next).toBeUndefined();
  });

  it('keep what an update does not name, and are made by one for an unknown name', () => {
    const { engine } = harness({ maxAttempts: 3, minBackoffMs: 500 });
    const changed = engine.updateQueue(
      { name: queue, maxDispatchesPerSecond: 5, minBackoffMs: 1 },
      ['maxDispatchesPerSecond'],
    );
    expect(changed).toMatchObject({
      maxDispatchesPerSecond: 5,
      maxBurst: 10,
      maxAttempts: 3,
      minBackoffMs: 500,
    });
    expect(engine.updateQueue({ name: queue })).toMatchObject({ maxAttempts: 100 });
    expect(engine.updateQueue({ name: other, maxAttempts: 2 })).toMatchObject({ maxAttempts: 2 });
  });

  it('lose their tasks when they are purged, and the names stay taken', () => {
    const { engine, clock } = harness();
    const name = `${queue}/tasks/a`;
    engine.createTask(queue, { ...request, name });
    expect(engine.purgeQueue(queue)).toMatchObject({ purgedAt: clock.now });
    expect(engine.take()).toEqual([]);
    expect(() => engine.createTask(queue, { ...request, name })).toThrow(/existed too recently/);
  });

  it('stay paused over a restart, with the configuration of the new process', () => {
    const { engine, restart } = harness({ maxAttempts: 7 });
    engine.updateQueue({ name: queue, maxAttempts: 2 });
    engine.pauseQueue(queue);
    engine.createQueue(parent, { name: other, maxDoublings: 2 });
    const next = restart();
    expect(next.getQueue(queue)).toMatchObject({ state: 'PAUSED', maxAttempts: 7 });
    expect(next.getQueue(other)).toMatchObject({ maxDoublings: 2 });
  });

  it('answer NOT_FOUND when they are not there', () => {
    const { engine } = harness();
    for (const verb of ['getQueue', 'pauseQueue', 'resumeQueue', 'purgeQueue'] as const) {
      expect(() => engine[verb](other)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    }
  });
});
