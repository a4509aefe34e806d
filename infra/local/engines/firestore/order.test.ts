import { expect, test } from 'vitest';
import { fields } from './fixture.ts';
import { compare, comparePaths, compareStrings, identical } from './order.ts';
import { reference, timestamp, type Value } from './values.ts';

const name = (path: string): Value => reference(`projects/p/databases/(default)/documents/${path}`);

/** Firestore's order over types and within them (data types page). */
const ascending: Value[] = [
  null,
  false,
  true,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -(2n ** 63n),
  -1.5,
  0n,
  0.5,
  1n,
  9_007_199_254_740_992,
  9_007_199_254_740_993n,
  Number.POSITIVE_INFINITY,
  timestamp(-1n),
  timestamp(0n),
  '',
  'a',
  'a\u0000',
  'b',
  'é',
  '\uffff',
  '😀',
  new Uint8Array([]),
  new Uint8Array([0]),
  new Uint8Array([0, 1]),
  new Uint8Array([255]),
  name('a/b'),
  name('a/b/c/d'),
  name('a/b-'),
  name('a-/b'),
  { kind: 'geo', latitude: -1, longitude: 5 },
  { kind: 'geo', latitude: 1, longitude: -5 },
  { kind: 'geo', latitude: 1, longitude: 5 },
  [],
  [1n],
  [1n, 'a'],
  [2n],
  fields({}),
  fields({ a: 1n }),
  fields({ a: 1n, b: 0n }),
  fields({ a: 2n }),
  fields({ b: 0n }),
];

test('values are ordered by type, and then within it', () => {
  for (const [i, left] of ascending.entries()) {
    for (const [j, right] of ascending.entries()) {
      expect([i, j, Math.sign(compare(left, right))]).toEqual([i, j, Math.sign(i - j)]);
    }
  }
});

test('an integer and a double of the same number are equal, but not identical', () => {
  expect(compare(3n, 3)).toBe(0);
  expect(compare(0n, -0)).toBe(0);
  expect(identical(3n, 3)).toBe(false);
  expect(identical([fields({ a: Number.NaN })], [fields({ a: Number.NaN })])).toBe(true);
  expect(identical(0, -0)).toBe(false);
});

test('strings are ordered by code point, not by UTF-16 unit', () => {
  expect(compareStrings('\uffff', '😀')).toBeLessThan(0);
  expect('\uffff' < '😀').toBe(false);
});

test('paths are ordered by segment', () => {
  expect(comparePaths('a/b', 'a-/b')).toBeLessThan(0);
  expect('a/b' < 'a-/b').toBe(false);
});
