import { describe, expect, it } from 'vitest';
import { backoff, exhausted } from './backoff.ts';
import { newTask } from './new-task.ts';
import { completeConfig } from './queue-config.ts';
import type { QueueConfig } from './types.ts';

const config = (settings: Omit<QueueConfig, 'name'>) => completeConfig({ name: 'q', ...settings });

describe('back-off', () => {
  it('doubles, then grows evenly, then stays: the example of queue.proto', () => {
    const example = config({ minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3 });
    const seconds = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => backoff(n, example) / 1000);
    expect(seconds).toEqual([10, 20, 40, 80, 160, 240, 300, 300]);
  });

  it('grows evenly from the start without doublings', () => {
    const linear = config({ minBackoffMs: 100, maxBackoffMs: 350, maxDoublings: 0 });
    expect([1, 2, 3, 4].map((n) => backoff(n, linear))).toEqual([100, 200, 300, 350]);
  });

  it('stays at an hour for a queue with the defaults', () => {
    expect(backoff(1, config({}))).toBe(100);
    expect(backoff(99, config({}))).toBe(3_600_000);
  });
});

describe('exhaustion', () => {
  const failed = (failures: number) => ({
    ...newTask('t', { url: 'http://localhost/' }, 0),
    failures,
    firstAttemptAt: 1_000,
  });

  it('comes with the last attempt', () => {
    const three = config({ maxAttempts: 3 });
    expect(exhausted(failed(2), three, 9_000)).toBe(false);
    expect(exhausted(failed(3), three, 9_000)).toBe(true);
  });

  it('waits for both limits when there are two', () => {
    const both = config({ maxAttempts: 3, maxRetryDurationMs: 5_000 });
    expect(exhausted(failed(3), both, 5_999)).toBe(false);
    expect(exhausted(failed(2), both, 6_000)).toBe(false);
    expect(exhausted(failed(3), both, 6_000)).toBe(true);
  });

  it('is a matter of time alone, or never comes, when attempts are unlimited', () => {
    expect(exhausted(failed(999), config({ maxAttempts: -1 }), 1e12)).toBe(false);
    const timed = config({ maxAttempts: -1, maxRetryDurationMs: 5_000 });
    expect(exhausted(failed(1), timed, 5_999)).toBe(false);
    expect(exhausted(failed(1), timed, 6_000)).toBe(true);
  });
});
