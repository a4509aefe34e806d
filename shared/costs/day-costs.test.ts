import { describe, expect, it } from 'vitest';
import { addModels, addRun, type DayCosts, summedDays, sumOfDays, withTotal } from './day-costs.ts';
import type { RunCost } from './run-cost.ts';

const run = (day: string | null, models = 0): RunCost => ({
  compute: 0.002,
  controlPlane: 0.0001,
  models,
  total: 0.0021 + models,
  day,
  prices: '2026-01-01',
});
const dayAfter = (n: number): string =>
  new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);

describe('the days of an agent', () => {
  it('each have the runs that ended on them', () => {
    const days = addRun(
      addRun(addRun({}, run('2026-03-01'), 1.2), run('2026-03-01', 1), 3),
      run('2026-03-02'),
      5,
    );
    expect(days).toEqual({
      '2026-03-01': { runs: 2, seconds: 5, compute: 0.004, controlPlane: 0.0002, models: 1 },
      '2026-03-02': { runs: 1, seconds: 5, compute: 0.002, controlPlane: 0.0001, models: 0 },
    });
  });

  it('take no run of no day', () => {
    expect(addRun({}, run(null), 1)).toEqual({});
  });

  it('are no more than two months, the newest', () => {
    let days: DayCosts = {};
    for (let n = 0; n < 100; n += 1) days = addRun(days, run(dayAfter(n)), 1);
    expect(Object.keys(days)).toHaveLength(summedDays);
    expect(Object.keys(days)[0]).toBe(dayAfter(100 - summedDays));
    expect(Buffer.byteLength(JSON.stringify(days))).toBeLessThan(8_000);
    // What is gone does not come back.
    expect(addModels(days, dayAfter(0), 5)).toEqual(days);
  });

  it('follow what models are told to have cost, up and down', () => {
    const days = addModels(addRun({}, run('2026-03-01', 2), 1), '2026-03-01', -0.5);
    expect(days['2026-03-01']).toMatchObject({ runs: 1, models: 1.5 });
  });

  it('add up, without what binary fractions would add', () => {
    const tenth = { runs: 1, seconds: 1, compute: 0.1, controlPlane: 0.2, models: 0.7 };
    expect(withTotal(sumOfDays([tenth, tenth, tenth]))).toEqual({
      runs: 3,
      seconds: 3,
      compute: 0.3,
      controlPlane: 0.6,
      models: 2.1,
      total: 3,
    });
  });
});
