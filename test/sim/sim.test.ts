import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ask, type Told, tell } from './ask.ts';
import { startThreads, type Threads } from './threads.ts';

const heavy = (seed: number): Ask => ({ seed, minutes: 5, level: 'heavy' });
const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const expectLawful = ({ broken }: Told): void => {
  expect(broken?.law, broken?.story.join('\n')).toBeUndefined();
};

describe('one seed', () => {
  let threads: Threads;
  beforeAll(() => {
    // What `npm run build` has made of the same sources.
    threads = startThreads(1, new URL('../../dist/test/sim/thread.js', import.meta.url));
  });
  afterAll(() => threads.stop());

  it('gives one history, to the byte: twice in a process, and once in a fresh thread', async () => {
    const ask: Ask = { ...heavy(7), withHistory: true };
    const once = await tell(ask);
    expect(once.history.length).toBeGreaterThan(20);
    expect(once.mishaps.length).toBeGreaterThan(10);
    expect(await tell(ask)).toEqual(once);
    expect(await threads.live(ask)).toEqual(once);
  });

  it('gives another history than the next one', async () => {
    const [one, next] = [
      await tell({ ...heavy(7), withHistory: true }),
      await tell({ ...heavy(8), withHistory: true }),
    ];
    expect(next.history).not.toEqual(one.history);
  });
});

describe('a life', () => {
  it('goes as it went up to the first mishap that it is lived without', async () => {
    const whole = await tell(heavy(7));
    const middle = Math.floor(whole.mishaps.length / 2);
    const { number = 0 } = whole.mishaps[middle] ?? {};
    const less = await tell({ ...heavy(7), without: [{ first: number, last: number }] });
    expect(less.mishaps.slice(0, middle)).toEqual(whole.mishaps.slice(0, middle));
    expect(less.mishaps.some((mishap) => mishap.number === number)).toBe(false);
  });

  it('is without mishaps when all are left out', async () => {
    const told = await tell({
      ...heavy(7),
      without: [{ first: 1, last: Number.POSITIVE_INFINITY }],
    });
    expect(told.mishaps).toEqual([]);
    expectLawful(told);
  });

  it('has none of its own after the time from which on it is quiet', async () => {
    const [whole, quiet] = [
      await tell(heavy(7)),
      await tell({ ...heavy(7), quietAfterMs: 60_000 }),
    ];
    expect(quiet.mishaps.length).toBeLessThan(whole.mishaps.length);
    expect(quiet.runs).toBeLessThanOrEqual(whole.runs);
  });
});

describe('every law holds', () => {
  it.each(seeds(8))('seed %i, whatever crashes, hangs, is refused or gets lost', async (seed) => {
    expectLawful(await tell(heavy(seed)));
  });

  it.each(seeds(3))('seed %i, when little goes wrong', async (seed) => {
    expectLawful(await tell({ seed, minutes: 5, level: 'light' }));
  });

  it.each(seeds(2))('seed %i, when nothing does', async (seed) => {
    expectLawful(await tell({ seed, minutes: 5, level: 'none' }));
  });

  it('in a long life in which little goes wrong', async () => {
    expectLawful(await tell({ seed: 1, minutes: 30, level: 'light' }));
  });
});
