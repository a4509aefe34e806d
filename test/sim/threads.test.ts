import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ask, Told } from './ask.ts';
import { inOrder } from './threads.ts';

const ask = (seed: number): Ask => ({ seed, minutes: 1, level: 'none' });
const told = (seed: number): Told => ({ seed, runs: 0, calls: 0, mishaps: [], history: [] });

/** Lives that end when they are told to, in any order. */
function slowLives() {
  const open: (() => void)[] = [];
  return {
    open,
    live: ({ seed }: Ask) =>
      new Promise<Told>((resolve) => void open.push(() => resolve(told(seed)))),
  };
}

describe('lives in threads', () => {
  it('are told in the order in which they were asked for, whichever ends first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        async (count, ahead, chances) => {
          const { live, open } = slowLives();
          const asks = Array.from({ length: count }, (_, index) => ask(index + 1));
          const seeds: number[] = [];
          const all = (async () => {
            for await (const { seed } of inOrder({ live }, asks, ahead)) seeds.push(seed);
          })();
          while (seeds.length < count) {
            expect(open.length).toBeLessThanOrEqual(ahead);
            const [end] = open.splice((chances.next().value ?? 0) % Math.max(1, open.length), 1);
            end?.();
            for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
          }
          await all;
          expect(seeds).toEqual(asks.map(({ seed }) => seed));
        },
      ),
    );
  });

  it('fail with the thread that lives them', async () => {
    const live = ({ seed }: Ask): Promise<Told> =>
      seed === 2 ? Promise.reject(new Error('out of memory')) : Promise.resolve(told(seed));
    const seeds: number[] = [];
    const all = (async () => {
      for await (const { seed } of inOrder({ live }, [ask(1), ask(2), ask(3)], 3)) seeds.push(seed);
    })();
    await expect(all).rejects.toThrow('out of memory');
    expect(seeds).toEqual([1]);
  });
});
