import { expect, test } from 'vitest';
import { fieldPath } from './field-path.ts';
import { fields, fixture, set } from './fixture.ts';
import type { Transform } from './types.ts';
import { timestamp, type Value } from './values.ts';

const field = fieldPath('x');

/** What `x` becomes, and what the transform answers with. */
function after(current: Value | undefined, transform: Transform): { x: unknown; result: unknown } {
  const { engine } = fixture();
  engine.commit([set('things/a', current === undefined ? {} : { x: current })]);
  const { results } = engine.commit([
    { kind: 'update', path: 'things/a', fields: fields({}), mask: [], transforms: [transform] },
  ]);
  const x = engine.get(['things/a']).result[0]?.fields.get('x');
  return { x, result: results[0]?.transformResults[0] };
}

test.each<[string, Value | undefined, bigint | number, Value]>([
  ['integers stay integers', 1n, 2n, 3n],
  ['a double makes a double', 1n, 0.5, 1.5],
  ['an integer on a double makes a double', 0.5, 1n, 1.5],
  ['what is not a number is replaced', 'text', 2n, 2n],
  ['a missing field is set', undefined, 2n, 2n],
  ['integers stop at the largest', 2n ** 63n - 2n, 5n, 2n ** 63n - 1n],
  ['integers stop at the smallest', -(2n ** 63n), -1n, -(2n ** 63n)],
])('increment: %s', (_, current, by, expected) => {
  expect(after(current, { field, kind: 'increment', by })).toEqual({
    x: expected,
    result: expected,
  });
});

test.each<[string, 'maximum' | 'minimum', Value, bigint | number, Value]>([
  ['the larger', 'maximum', 3n, 4.5, 4.5],
  ['the smaller', 'minimum', 3n, 4.5, 3n],
  ['the stored one of two equals', 'maximum', 3n, 3, 3n],
  ['the stored zero', 'minimum', 0n, -0, 0n],
  ['NaN', 'maximum', 3n, Number.NaN, Number.NaN],
  ['the operand when the field is no number', 'minimum', 'text', 7n, 7n],
])('the extreme is %s (%s)', (_, kind, current, by, expected) => {
  expect(after(current, { field, kind, by }).x).toBe(expected);
});

test('elements are appended once, whatever type of number they are', () => {
  const transform: Transform = { field, kind: 'append-missing', elements: [2, 3n, 3n] };
  expect(after([1n, 2n], transform)).toEqual({ x: [1n, 2n, 3n], result: null });
});

test('elements are removed wherever they stand', () => {
  const transform: Transform = { field, kind: 'remove-all', elements: [1, null] };
  expect(after([1n, 2n, null, 1n], transform)).toEqual({ x: [2n], result: null });
});

test('an array transform makes an array of what is not one', () => {
  expect(after('text', { field, kind: 'append-missing', elements: [1n] }).x).toEqual([1n]);
  expect(after('text', { field, kind: 'remove-all', elements: [1n] }).x).toEqual([]);
});

test('the request time is the commit time to the millisecond, the same for every field', () => {
  const { engine } = fixture();
  const transforms: Transform[] = [
    { field, kind: 'request-time' },
    { field: fieldPath('y.z'), kind: 'request-time' },
  ];
  engine.commit([{ kind: 'delete', path: 'things/earlier' }]);
  const { commitTime } = engine.commit([
    { kind: 'update', path: 'things/a', fields: fields({}), transforms },
  ]);
  const at = timestamp(BigInt(Math.floor(commitTime / 1000) * 1000));
  expect(commitTime % 1000).not.toBe(0);
  expect(engine.get(['things/a']).result[0]?.fields).toEqual(
    fields({ x: at, y: fields({ z: at }) }),
  );
});
