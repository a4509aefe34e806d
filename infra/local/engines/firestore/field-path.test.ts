import { expect, test } from 'vitest';
import { fieldPath, fieldPathOf, masked, valueAt, withValueAt } from './field-path.ts';
import { fields, refusal } from './fixture.ts';

test.each<[string, string[]]>([
  ['a', ['a']],
  ['a.b_2', ['a', 'b_2']],
  ['`x y`', ['x y']],
  ['a.`b.c`.d', ['a', 'b.c', 'd']],
  ['`a\\`b\\\\`', ['a`b\\']],
  ['x-y', ['x-y']],
])('%s is read as its segments', (text, segments) => {
  expect(fieldPath(text).segments).toEqual(segments);
  expect(fieldPath(fieldPathOf(segments).text).segments).toEqual(segments);
});

test.each(['', '.', 'a.', '.a', 'a..b', '`a', '`a`b', 'a[0]', '*'])('%j is refused', (text) => {
  expect(refusal(() => fieldPath(text))).toMatch(/^INVALID_ARGUMENT Invalid field path/);
});

test('removing what is not there changes nothing', () => {
  const before = fields({ a: 1n });
  expect(withValueAt(before, fieldPath('b.c'), undefined)).toBe(before);
  expect(withValueAt(before, fieldPath('a.b'), undefined)).toBe(before);
});

test('replacing copies only the maps on the way', () => {
  const other = fields({ x: 1n });
  const before = fields({ a: fields({ b: 1n }), other });
  const after = withValueAt(before, fieldPath('a.b'), 2n);
  expect(valueAt(before, fieldPath('a.b'))).toBe(1n);
  expect(valueAt(after, fieldPath('a.b'))).toBe(2n);
  expect(after.get('other')).toBe(other);
});

test('a mask leaves what it names', () => {
  const whole = fields({ a: fields({ b: 1n, c: 2n }), d: 3n });
  expect(masked(whole, [fieldPath('a.b'), fieldPath('nothing')])).toEqual(
    fields({ a: fields({ b: 1n }) }),
  );
  expect(masked(whole, [fieldPath('__name__')])).toEqual(fields({}));
});
