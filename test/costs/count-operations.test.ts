import { describe, expect, it } from 'vitest';
import { functionShapes } from '../../infra/deployment/functions.ts';
import { idleDay } from '../../shared/costs/idle-operations.ts';
import { costsOf, functionSize, nothing, priceOf } from '../../shared/costs/operations.ts';
import { computeCost } from '../../shared/costs/run-cost.ts';
import { runOperations } from '../../shared/costs/run-operations.ts';
import {
  type Counting,
  countIdleMinutes,
  countOperations,
  idleMinutes,
} from './count-operations.ts';
import { billed, secondsOf } from './durations.ts';

const runs: [string, Counting][] = [
  ['a minute', { seconds: 60 }],
  ['five minutes', { seconds: 300 }],
  ['five minutes with two credentials', { seconds: 300, credentials: 2 }],
  ['half an hour that a person asked for', { seconds: 1_800, trigger: 'manual' }],
];

describe('what a run is reckoned to ask of Google', () => {
  it.each(runs)('is what one of %s was counted to ask', async (_, counting) => {
    const { seconds } = counting;
    const counted = await countOperations(counting);
    const reckoned = runOperations({ ...counted.run, launches: 1, seconds, chunks: 0 });
    const { functionSeconds, reads, ...countable } = billed(counted, seconds);
    expect(reckoned).toMatchObject(countable);
    expect(Math.abs(reckoned.reads / reads - 1)).toBeLessThan(0.1);
    // Requests are billed in steps, and parts of a request are not.
    expect(Math.abs(reckoned.functionSeconds / functionSeconds - 1)).toBeLessThan(0.1);
    const price = priceOf(billed(counted, seconds), 1);
    expect(Math.abs(priceOf(reckoned, 1) / price - 1)).toBeLessThan(0.1);
  });

  it('is what the design allows for a run of five minutes: $0.0003, and 3 % of its container', async () => {
    const counted = await countOperations({ seconds: 300, credentials: 1 });
    const price = priceOf(billed(counted, 300), 1);
    expect(price).toBeLessThanOrEqual(0.0003);
    expect(price / computeCost({ cpus: '1', memory: '4Gi' }, 300)).toBeLessThanOrEqual(0.03);
  });
});

describe('what a minute without runs is reckoned to ask of Google', () => {
  it('is what ticks were counted to ask', async () => {
    const invocations = await countIdleMinutes();
    expect(invocations.map(({ name }) => name)).toEqual(Array(idleMinutes).fill('tick'));
    const calls = invocations.flatMap(({ rounds }) => rounds.flat());
    const counted = {
      ...nothing,
      reads: calls.reduce((sum, { reads }) => sum + reads, 0),
      requests: invocations.length,
      functionSeconds: invocations.reduce((sum, one) => sum + secondsOf(one), 0),
      logBytes: 1_500 * idleMinutes,
    };
    const day = (priceOf(counted, 1) * 24 * 60) / idleMinutes;
    expect(Math.abs(priceOf(idleDay(), 1) / day - 1)).toBeLessThan(0.1);
    expect(calls.flatMap(({ writes }) => writes)).toEqual([]);
  });
});

describe('the functions that are reckoned with', () => {
  it('are as large as they are deployed', () => {
    for (const [name, { cpu, memory }] of Object.entries(functionShapes)) {
      expect([name, Number(cpu), memory]).toEqual([
        name,
        functionSize.cpu,
        `${functionSize.memory * 1_024}Mi`,
      ]);
    }
  });

  it('cost more than all that they ask for', async () => {
    const costs = costsOf(billed(await countOperations({ seconds: 300 }), 300), 1);
    const { functionSeconds, ...others } = costs;
    expect(functionSeconds).toBeGreaterThan(Math.max(...Object.values(others)));
  });
});
