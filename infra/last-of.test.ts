import { expect, it } from 'vitest';
import { lastOf } from './last-of.ts';

it.each([
  ['projects/p/secrets/s', 's'],
  ['s', 's'],
  ['projects/p/', ''],
  [undefined, ''],
  [7, ''],
])('the last part of %j is %j', (name, last) => {
  expect(lastOf(name)).toBe(last);
});
