import { expect, test } from 'vitest';
import { memoryStore, type Store } from '../engine.ts';
import { create, fields, fixture, ids, set, things } from './fixture.ts';
import { reference, timestamp, type Value } from './values.ts';

const everything: { [name: string]: Value } = {
  nothing: null,
  no: false,
  small: 1n,
  smallest: -(2n ** 63n),
  largest: 2n ** 63n - 1n,
  double: 1.5,
  whole: 3,
  notANumber: Number.NaN,
  infinite: Number.NEGATIVE_INFINITY,
  negativeZero: -0,
  text: 'é\u0000😀',
  bytes: new Uint8Array([0, 255, 128]),
  time: timestamp(-62_135_596_800_000_001n),
  reference: reference('projects/p/databases/(default)/documents/things/a'),
  place: { kind: 'geo', latitude: -0, longitude: 179.5 },
  list: [1n, 1, null, fields({ i: 'not an integer' })],
  map: fields({ m: fields({}), d: [], t: timestamp(5n) }),
};

/** What a file would keep: the JSON of it. */
function reread(store: Store): Store {
  const copy = memoryStore();
  for (const table of ['firestore-documents', 'firestore-clock']) {
    for (const [key, value] of store.entries(table)) {
      copy.put(table, key, JSON.parse(JSON.stringify(value)));
    }
  }
  return copy;
}

test('every value comes back from the store as it was', () => {
  const { engine, store } = fixture();
  engine.commit([set('things/a', everything)]);
  const [before] = engine.get(['things/a']).result;
  const [after] = fixture(undefined, reread(store)).engine.get(['things/a']).result;
  expect(after).toEqual(before);
  expect(Object.is(after?.fields.get('negativeZero'), -0)).toBe(true);
});

test('deleted documents stay deleted', () => {
  const { engine, store } = fixture();
  engine.commit([create('things/a'), create('things/b')]);
  engine.commit([{ kind: 'delete', path: 'things/a' }]);
  expect(ids(fixture(undefined, reread(store)).engine, things())).toEqual(['b']);
});

test('commit times go on after the latest commit before the restart, a delete included', () => {
  const { engine, store } = fixture();
  engine.commit([create('things/a')]);
  const { commitTime } = engine.commit([{ kind: 'delete', path: 'things/a' }]);
  const again = fixture(undefined, reread(store)).engine;
  expect(again.commit([create('things/a')]).commitTime).toBeGreaterThan(commitTime);
});

test('a refused commit leaves nothing in the store', () => {
  const { engine, store } = fixture();
  engine.commit([create('things/a')]);
  expect(() => engine.commit([create('things/b'), create('things/a')])).toThrow();
  expect(store.entries('firestore-documents').map(([path]) => path)).toEqual(['things/a']);
});
