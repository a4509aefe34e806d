import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineError, memoryStore } from '../../engine.ts';
import { fieldPath } from '../field-path.ts';
import { fields } from '../fixture.ts';
import {
  createFirestoreEngine,
  type Filter,
  type FirestoreEngine,
  type Operator,
  type Query,
  type Value,
  type Write,
} from '../index.ts';
import { reference, timestamp } from '../values.ts';

const root = 'projects/p/databases/(default)/documents';
const names = ['a', 'b', 'm', 'm.a'] as const;

const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }).map(BigInt) },
  fc.constantFrom<Value>(
    null,
    true,
    1,
    0.5,
    Number.NaN,
    -0,
    'x',
    'xy',
    '\u{1f600}',
    '\uffee',
    timestamp(1n),
  ),
  fc.constantFrom<Value>(new Uint8Array([1]), reference(`${root}/things/b`)),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  scalar.map((inner): Value => new Map([['a', inner]])),
);
const plain = fc.oneof(
  { weight: 3, arbitrary: fc.record({ a: value, b: value, m: value }) },
  fc.dictionary(fc.constantFrom('a', 'b', 'm'), value),
);
const id = fc.constantFrom(...'abcdefghijklmnop');
const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(id, plain).map(([name, values]) => ({
      kind: 'update' as const,
      path: `things/${name}`,
      fields: fields(values),
    })),
  },
  id.map((name) => ({ kind: 'delete' as const, path: `things/${name}` })),
);

const list = fc.array(scalar, { minLength: 1, maxLength: 3 });
const single: readonly Operator[] = ['==', '==', '!=', '<', '<=', '>', '>=', 'array-contains'];
const several: readonly Operator[] = ['in', 'not-in', 'array-contains-any'];
const field = fc.constantFrom(...names).map(fieldPath);
const aName = id.map((name): Value => reference(`${root}/things/${name}`));
const filter: fc.Arbitrary<Filter> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('field' as const),
      field,
      operator: fc.constantFrom(...single),
      value,
    }),
  },
  fc.record({
    kind: fc.constant('field' as const),
    field,
    operator: fc.constantFrom(...several),
    value: list,
  }),
  fc.record({
    kind: fc.constant('field' as const),
    field: fc.constant(fieldPath('__name__')),
    operator: fc.constantFrom<Operator>('<', '>=', '=='),
    value: aName,
  }),
);
const where: fc.Arbitrary<Filter> = fc.oneof(
  { weight: 4, arbitrary: filter },
  fc.record({
    kind: fc.constant('or' as const),
    filters: fc.array(filter, { minLength: 2, maxLength: 3 }),
  }),
);
const cursor = fc.record({
  values: fc.array(fc.oneof({ weight: 3, arbitrary: scalar }, aName), {
    minLength: 1,
    maxLength: 3,
  }),
  before: fc.boolean(),
});
const order = fc.record({
  field: fc.oneof({ weight: 4, arbitrary: field }, fc.constant(fieldPath('__name__'))),
  direction: fc.constantFrom('asc' as const, 'desc' as const),
});
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.array(item, { maxLength: 1 }) },
    fc.array(item, { maxLength: 3 }),
  );
const query: fc.Arbitrary<Query> = fc
  .record({
    where: few(where),
    orderBy: few(order),
    startAt: fc.option(cursor, { nil: undefined, freq: 2 }),
    endAt: fc.option(cursor, { nil: undefined, freq: 2 }),
    limit: fc.constantFrom(undefined, undefined, 0, 1, 3, 5),
    offset: fc.constantFrom(undefined, undefined, 2),
  })
  .map(({ where: filters, startAt, endAt, limit, offset, orderBy }) => ({
    parent: '',
    collection: 'things',
    allDescendants: false,
    orderBy,
    ...(filters.length > 0 && { where: { kind: 'and' as const, filters } }),
    ...(startAt && { startAt }),
    ...(endAt && { endAt }),
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
  }));

function engineOf(indexFrom: number): FirestoreEngine {
  const context = { now: () => 1_000, random: () => 0.5, store: memoryStore() };
  return createFirestoreEngine(context, { project: 'p', indexFrom });
}

/** Paths in order, or the refusal. */
function answer(engine: FirestoreEngine, asked: Query): string[] | string {
  try {
    return engine.query(asked).result.map(({ path }) => path);
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}

describe('the indexes of the local Firestore', () => {
  test('answer every query as looking at every document does, whatever is written in between', () => {
    const step = fc.oneof(
      fc.record({ writes: fc.array(write, { minLength: 1, maxLength: 8 }) }),
      fc.record({ query }),
    );
    const begin = fc.array(write, { minLength: 10, maxLength: 40, size: 'max' });
    let found = 0;
    fc.assert(
      fc.property(begin, fc.array(step, { maxLength: 60, size: 'max' }), (writes, steps) => {
        const indexed = engineOf(0);
        const scanning = engineOf(Number.POSITIVE_INFINITY);
        for (const one of [{ writes }, ...steps]) {
          if ('writes' in one) {
            for (const each of one.writes) {
              indexed.commit([each]);
              scanning.commit([each]);
            }
          } else {
            const expected = answer(scanning, one.query);
            expect(answer(indexed, one.query)).toEqual(expected);
            if (typeof expected !== 'string') found += expected.length;
          }
        }
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(found).toBeGreaterThan(5_000);
  }, 60_000);

  test('are looked at only as far as the limit asks, in a large collection', () => {
    const engine = engineOf(100);
    for (let i = 0; i < 5_000; i += 1) {
      const plain = { state: i % 2 === 0 ? 'over' : 'queued', at: BigInt(i) };
      engine.commit([{ kind: 'update', path: `things/${i}`, fields: fields(plain) }]);
    }
    const asked: Query = {
      parent: '',
      collection: 'things',
      allDescendants: false,
      where: { kind: 'field', field: fieldPath('state'), operator: '==', value: 'queued' },
      orderBy: [{ field: fieldPath('at'), direction: 'desc' }],
      limit: 2,
    };
    expect(answer(engine, asked)).toEqual(['things/4999', 'things/4997']);
    engine.commit([{ kind: 'delete', path: 'things/4999' }]);
    expect(answer(engine, asked)).toEqual(['things/4997', 'things/4995']);
  });
});
