import { describe, expect, test } from 'vitest';
import { minuteQuota } from './minute-quota.ts';

describe('a quota of calls a minute', () => {
  test('lets as many calls pass in any 60 seconds, and counts no refused one', () => {
    let now = 0;
    const quota = minuteQuota(
      () => 3,
      () => now,
    );
    const taken: number[] = [];
    for (; now < 200_000; now += 7_000) if (quota.take()) taken.push(now);
    expect(taken.length).toBeGreaterThan(6);
    for (const at of taken) {
      const within = taken.filter((other) => other > at - 60_000 && other <= at);
      expect(within.length).toBeLessThanOrEqual(3);
    }
    expect(taken.slice(0, 4)).toEqual([0, 7_000, 14_000, 63_000]);
  });

  test('follows a limit that changes', () => {
    let limit = 1;
    const quota = minuteQuota(
      () => limit,
      () => 0,
    );
    expect([quota.take(), quota.take()]).toEqual([true, false]);
    limit = 2;
    expect([quota.take(), quota.take()]).toEqual([true, false]);
    expect(quota.used()).toBe(2);
  });

  test('counts nothing while there is no bound', () => {
    const quota = minuteQuota(
      () => Number.POSITIVE_INFINITY,
      () => 0,
    );
    expect(quota.take()).toBe(true);
    expect(quota.used()).toBe(0);
  });
});
