import { expect, test } from 'vitest';
import { fields, fixture, refusal, set } from './fixture.ts';
import type { Value } from './index.ts';

/** Bytes of `things/a` with one field `x`, without the text in it. */
const overhead =
  'things'.length + 1 + 'a'.length + 1 + 16 + ('x'.length + 1) + ('y'.length + 1) + 2 + 32;

test('a document of 1,048,576 bytes is taken, and one more is refused', () => {
  const { engine } = fixture();
  const rest = 1_048_576 - overhead - 1_000_000;
  const text = 'x'.repeat(1_000_000);
  const taken = set('things/a', { x: text, y: 'y'.repeat(rest) });
  const refused = set('things/a', { x: text, y: 'y'.repeat(rest + 1) });
  expect(refusal(() => engine.commit([taken]))).toBe('accepted');
  expect(refusal(() => engine.commit([refused]))).toMatch(
    /^INVALID_ARGUMENT .*its size \(1,048,577 bytes\) exceeds the maximum/,
  );
});

test('a string of more than 1 MiB less 89 bytes is refused, in bytes of UTF-8', () => {
  const { engine } = fixture();
  const write = set('things/a', { x: 'é'.repeat(524_244) });
  expect(refusal(() => engine.commit([write]))).toBe(
    'INVALID_ARGUMENT The value of property "x" is longer than 1048487 bytes.',
  );
});

test('writes of more than 10 MiB together are refused, and none of them is made', () => {
  const { engine } = fixture();
  const writes = Array.from({ length: 11 }, (_, i) =>
    set(`things/${i}`, { x: 'x'.repeat(1_000_000) }),
  );
  expect(refusal(() => engine.commit(writes))).toMatch(/^INVALID_ARGUMENT Transaction too big/);
  expect(engine.get(['things/0']).result).toEqual([undefined]);
});

test('maps nest 20 deep and no deeper', () => {
  const { engine } = fixture();
  const nested = (depth: number): Value => (depth === 0 ? 1n : fields({ x: nested(depth - 1) }));
  expect(refusal(() => engine.commit([set('things/a', { x: nested(20) })]))).toBe('accepted');
  expect(refusal(() => engine.commit([set('things/a', { x: nested(21) })]))).toMatch(
    /^INVALID_ARG/,
  );
});

test('an array directly in an array is refused', () => {
  const { engine } = fixture();
  expect(refusal(() => engine.commit([set('things/a', { x: [[1n]] })]))).toBe(
    'INVALID_ARGUMENT Cannot convert an array value in an array value.',
  );
});

test.each(['', '__x__', 'x'.repeat(1501)])('the field name %j is refused', (name) => {
  const { engine } = fixture();
  expect(refusal(() => engine.commit([set('things/a', { [name]: 1n })]))).toMatch(/^INVALID_ARG/);
});

test.each(['.', '..', '__x__', '', 'x'.repeat(1501), `${'é'.repeat(750)}x`])(
  'the id %j is refused',
  (id) => {
    const { engine } = fixture();
    expect(refusal(() => engine.commit([set(`things/${id}`, {})]))).toMatch(/^INVALID_ARGUMENT/);
  },
);

test.each(['x'.repeat(1500), 'é'.repeat(750), '__x', 'a b', '~', 'é'])(
  'the id %j is taken',
  (id) => {
    const { engine } = fixture();
    expect(refusal(() => engine.commit([set(`things/${id}`, {})]))).toBe('accepted');
  },
);

test('the path of a collection is not that of a document', () => {
  const { engine } = fixture();
  expect(refusal(() => engine.get(['things']))).toMatch(/^INVALID_ARGUMENT/);
  expect(refusal(() => engine.commit([set('things/a/more', {})]))).toMatch(/^INVALID_ARGUMENT/);
});
