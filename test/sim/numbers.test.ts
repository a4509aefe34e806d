import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, numbersOf, readRanges, writeRanges } from './numbers.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.option(fc.integer({ min: 0, max: 10 })))
  .map(([first, length]) => ({
    first,
    last: length === null ? Number.POSITIVE_INFINITY : first + length,
  }));
const ranges = fc.array(range, { minLength: 1, maxLength: 6 });

describe('numbers of mishaps', () => {
  it('are read as numbers, ranges, and ranges without an end', () => {
    expect(readRanges('3,7-20,40-')).toEqual([
      { first: 3, last: 3 },
      { first: 7, last: 20 },
      { first: 40, last: Number.POSITIVE_INFINITY },
    ]);
  });

  it.each(['', '0', '3,', '7-3', '-4', '1.5', 'x', '3 4', '1-2-3', '1e3', '9999999999'])(
    'are not read from %j',
    (text) => {
      expect(readRanges(text)).toBeUndefined();
    },
  );

  it('are the same when they are written and read again', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 60 }), (some, number) => {
        const again = readRanges(writeRanges(some)) ?? [];
        expect(again).toEqual(joined(some));
        expect(numbersOf(again).has(number)).toBe(
          some.some(({ first, last }) => number >= first && number <= last),
        );
      }),
    );
  });

  it('are joined to ranges of which none touches the next', () => {
    fc.assert(
      fc.property(ranges, (some) => {
        const joint = joined(some);
        for (const [index, { first }] of joint.entries()) {
          if (index > 0) expect(first).toBeGreaterThan((joint[index - 1]?.last ?? 0) + 1);
        }
      }),
    );
  });
});
