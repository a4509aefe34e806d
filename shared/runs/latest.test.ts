import { describe, expect, it } from 'vitest';
import { createLatest } from './latest.ts';

/** Writes that wait until they are let go. */
function slowly(later?: (one: number, other: number) => number) {
  const written: [key: string, value: number][] = [];
  const waiting: (() => void)[] = [];
  let failure: Error | undefined;
  const add = createLatest<number, number>(async (key, take) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (failure) throw failure;
    const value = take();
    await new Promise<void>((resolve) => waiting.push(resolve));
    written.push([key, value]);
    return value;
  }, later);
  const go = async (): Promise<void> => {
    await Promise.resolve();
    for (const wake of waiting.splice(0)) wake();
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { add, go, written, fail: (error?: Error) => (failure = error) };
}

describe('gathering the latest', () => {
  it('writes the last of those that wait, and answers all of them with it', async () => {
    const { add, go, written } = slowly();
    const answers = [1, 2, 3].map((value) => add('a', value));
    await go();
    await go();
    expect(await Promise.all(answers)).toEqual([3, 3, 3]);
    expect(written).toEqual([['a', 3]]);
  });

  it('keeps keys apart', async () => {
    const { add, go, written } = slowly();
    const answers = [add('a', 1), add('b', 2)];
    await go();
    await go();
    expect(await Promise.all(answers)).toEqual([1, 2]);
    expect(written).toHaveLength(2);
  });

  it('loses nothing that comes while another is being written', async () => {
    const { add, go, written } = slowly();
    const first = add('a', 1);
    await go();
    const second = add('a', 2);
    await go();
    await go();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(written).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
  });

  it('lets the key say which of two is the later', async () => {
    const { add, go } = slowly(Math.max);
    const answers = [5, 9, 7].map((value) => add('a', value));
    await go();
    await go();
    expect(await Promise.all(answers)).toEqual([9, 9, 9]);
  });

  it('begins anew after a write that failed', async () => {
    const { add, go, fail } = slowly();
    fail(new Error('away'));
    const failed = add('a', 1);
    const outcome = expect(failed).rejects.toThrow('away');
    await go();
    await outcome;
    fail(undefined);
    const answer = add('a', 2);
    await go();
    await go();
    expect(await answer).toBe(2);
  });
});
