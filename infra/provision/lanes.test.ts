import { describe, expect, it } from 'vitest';
import { inLanes } from './lanes.ts';

describe('work in lanes', () => {
  it('keeps the order of the items, whichever is done first', async () => {
    const done: number[] = [];
    const results = await inLanes(2, [3, 1, 2], async (ticks) => {
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      done.push(ticks);
      return ticks * 10;
    });
    expect(results).toEqual([30, 10, 20]);
    expect(done[0]).toBe(1);
  });

  it('never does more at a time than there are lanes', async () => {
    let now = 0;
    let most = 0;
    await inLanes(3, [...Array(10).keys()], async () => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
    });
    expect(most).toBe(3);
  });

  it('begins nothing after a failure, and waits for what is under way', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = inLanes(2, [0, 1, 2, 3, 4], async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 0) throw new Error('zero');
      await Promise.resolve();
      ended.push(item);
    });
    await expect(work).rejects.toThrow('zero');
    expect(begun).toEqual([0, 1]);
    expect(ended).toEqual([1]);
  });
});
