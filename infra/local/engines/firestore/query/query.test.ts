import { describe, expect, test } from 'vitest';
import { fieldPath } from '../field-path.ts';
import { create, fields, fixture, ids, refusal, set, things, where } from '../fixture.ts';
import type { Filter, Operator, Query } from '../types.ts';
import { reference, timestamp, type Value } from '../values.ts';

const { engine } = fixture();
const root = engine.root;
engine.commit([
  set('things/a', { n: 1n, tags: ['x', 1n], group: 'odd' }),
  set('things/b', { n: 2n, tags: ['y', null], group: 'even' }),
  set('things/c', { n: 2.5, tags: ['x', 'y'], group: 'odd' }),
  set('things/d', { n: null, group: 'even' }),
  set('things/e', { n: Number.NaN, tags: 'x' }),
  set('things/f', { n: 'text', map: fields({ k: 1n }) }),
  set('things/g', { n: timestamp(1n) }),
  create('things/a/things/deep', { n: 1n }),
  create('things/ghost/things/deeper', { n: 2n }),
  create('other/x/things/far', { n: 3n }),
]);

const found = (...filters: Filter[]): string => ids(engine, things(filters)).join('');

describe('filters', () => {
  test.each<[string, Operator, Value, string]>([
    ['n', '==', 1n, 'a'],
    ['n', '==', 2, 'b'],
    ['n', '==', null, 'd'],
    ['n', '==', Number.NaN, 'e'],
    ['n', '<', 2.5, 'ab'],
    ['n', '<=', 2.5, 'abc'],
    ['n', '>', 1n, 'bc'],
    ['n', '>=', 2n, 'bc'],
    ['n', '>', '', 'f'],
    ['n', '!=', 1n, 'ebcgf'],
    ['n', '!=', null, 'eabcgf'],
    ['n', 'in', [1n, 2.5, null, Number.NaN], 'ac'],
    ['n', 'not-in', [1n, 'text'], 'ebcg'],
    ['n', 'not-in', [1n, null], ''],
    ['tags', 'array-contains', 'x', 'ac'],
    ['tags', 'array-contains', 1, 'a'],
    ['tags', 'array-contains-any', [1n, 'y', null], 'abc'],
    ['map.k', '==', 1n, 'f'],
    ['map', '==', fields({ k: 1 }), 'f'],
  ])('%s %s %o', (field, operator, value, expected) => {
    expect(found(where(field, operator, value))).toBe(expected);
  });

  test('an or is met by either side', () => {
    const either: Filter = {
      kind: 'or',
      filters: [where('n', '==', 1n), where('group', '==', 'even')],
    };
    expect(found(either)).toBe('abd');
    expect(found(either, where('n', '>', 1n))).toBe('b');
  });

  test('the name of a document is compared as a reference', () => {
    expect(found(where('__name__', '>', reference(`${root}/things/e`)))).toBe('fg');
    const some = [reference(`${root}/things/g`), reference(`${root}/things/nothing`)];
    expect(found(where('__name__', 'in', some))).toBe('g');
  });
});

describe('order', () => {
  test('is by type and value; documents without the field are left out', () => {
    expect(ids(engine, things([], ['n'])).join('')).toBe('deabcgf');
    expect(ids(engine, things([], ['map'])).join('')).toBe('f');
  });

  test('ties are ordered by name in the direction of the last order', () => {
    expect(ids(engine, things([], ['group'])).join('')).toBe('bdac');
    expect(ids(engine, things([], ['group desc'])).join('')).toBe('cadb');
  });

  test('an inequality orders by its field when nothing else does', () => {
    expect(found(where('n', '>', 0n))).toBe('abc');
    expect(ids(engine, things([where('n', '>', 0n)], ['group desc'])).join('')).toBe('cab');
  });
});

describe('window', () => {
  const ordered = things([], ['group', 'n']);

  test.each<[string, Partial<Query>, string]>([
    ['start at a value', { startAt: { values: ['odd'], before: true } }, 'ac'],
    ['start after a value', { startAt: { values: ['even'], before: false } }, 'ac'],
    ['start after two values', { startAt: { values: ['even', null], before: false } }, 'bac'],
    ['end at two values', { endAt: { values: ['odd', 1n], before: false } }, 'dba'],
    ['end before two values', { endAt: { values: ['odd', 1n], before: true } }, 'db'],
    ['offset and limit', { offset: 1, limit: 2 }, 'ba'],
    ['limit 0', { limit: 0 }, ''],
  ])('%s', (_, window, expected) => {
    expect(ids(engine, { ...ordered, ...window }).join('')).toBe(expected);
  });

  test('a cursor stands in the direction of the order', () => {
    const descending = things([], ['group desc', 'n desc']);
    const startAt = { values: ['odd', 1n], before: false };
    expect(ids(engine, { ...descending, startAt }).join('')).toBe('bd');
  });

  test('a cursor may go as far as the name', () => {
    const startAt = { values: ['even', reference(`${root}/things/b`)], before: false };
    expect(ids(engine, { ...things([], ['group']), startAt }).join('')).toBe('dac');
  });
});

describe('collections', () => {
  test('a query does not look into the collections below', () => {
    expect(ids(engine, things()).join('')).toBe('abcdefg');
  });

  test('a collection group is every collection of that id below the parent', () => {
    const group: Query = { parent: '', collection: 'things', allDescendants: true };
    expect(
      engine.query({ ...group, where: where('n', '>=', 3n) }).result.map(({ path }) => path),
    ).toEqual(['other/x/things/far']);
    const below = engine.query({ ...group, parent: 'things/a' }).result;
    expect(below.map(({ path }) => path)).toEqual(['things/a/things/deep']);
  });

  test('every collection below a document', () => {
    const all = engine.query({ parent: 'other/x', allDescendants: true }).result;
    expect(all.map(({ path }) => path)).toEqual(['other/x/things/far']);
  });

  test('ids of collections, and documents that exist only as parents', () => {
    expect(engine.collectionIds('')).toEqual(['other', 'things']);
    expect(engine.collectionIds('things/a')).toEqual(['things']);
    expect(engine.missing('things')).toEqual(['things/ghost']);
  });
});

test('a projection leaves the fields that it names, and none for the name alone', () => {
  const one = things([where('n', '==', 1n)]);
  const shown = (field: string) =>
    engine.query({ ...one, select: [fieldPath(field)] }).result[0]?.fields;
  expect(shown('group')).toEqual(fields({ group: 'odd' }));
  expect(shown('__name__')).toEqual(fields({}));
});

describe('aggregation', () => {
  const aggregated = (filters: Filter[], field = 'n') =>
    Object.fromEntries(
      engine.aggregate(things(filters), [
        { alias: 'count', kind: 'count' },
        { alias: 'sum', kind: 'sum', field: fieldPath(field) },
        { alias: 'avg', kind: 'avg', field: fieldPath(field) },
      ]).result,
    );

  test('counts, sums and averages the numbers', () => {
    expect(aggregated([where('n', '>', 0n)])).toEqual({ count: 3n, sum: 5.5, avg: 5.5 / 3 });
  });

  test('a sum of integers is an integer, of nothing 0, and its average null', () => {
    expect(aggregated([where('n', '<=', 2n)])).toEqual({ count: 2n, sum: 3n, avg: 1.5 });
    expect(aggregated([where('n', '==', 'nothing')])).toEqual({ count: 0n, sum: 0n, avg: null });
  });

  test('looks only at documents that have every field that is aggregated', () => {
    expect(aggregated([], 'map.k')).toEqual({ count: 1n, sum: 1n, avg: 1 });
  });

  test('counts no further than it is told to', () => {
    const { result } = engine.aggregate(things(), [{ alias: 'some', kind: 'count', upTo: 3 }]);
    expect(result.get('some')).toBe(3n);
  });

  test('takes 1 to 5 aggregations', () => {
    const six = Array.from({ length: 6 }, (_, i) => ({ alias: `a${i}`, kind: 'count' as const }));
    expect(refusal(() => engine.aggregate(things(), six))).toMatch(/^INVALID_ARGUMENT/);
    expect(refusal(() => engine.aggregate(things(), []))).toMatch(/^INVALID_ARGUMENT/);
  });
});

describe('refused', () => {
  const numbers = (count: number): Value => Array.from({ length: count }, (_, i) => BigInt(i));
  const or = (...filters: Filter[]): Filter => ({ kind: 'or', filters });

  test.each<[string, Filter[], string]>([
    ['an empty in', [where('n', 'in', [])], "'IN' requires an non-empty ArrayValue."],
    ['an in of 31', [where('n', 'in', numbers(31))], "'IN' supports up to 30 comparison values."],
    [
      'a not-in of 11',
      [where('n', 'not-in', numbers(11))],
      "'NOT_IN' supports up to 10 comparison",
    ],
    [
      'more than 30 disjunctions',
      [where('n', 'in', numbers(6)), where('m', 'in', numbers(6))],
      'Too many disjunctions after normalization. Result had 36',
    ],
    ['two negations', [where('n', '!=', 1n), where('m', '!=', 1n)], "Only a single 'NOT_EQUAL'"],
    [
      'not-in beside in',
      [where('n', 'not-in', [1n]), where('m', 'in', [1n])],
      "'NOT_IN' cannot be",
    ],
    [
      'not-in in an or',
      [or(where('n', 'not-in', [1n]), where('m', '==', 1n))],
      "'NOT_IN' cannot be",
    ],
    [
      'two array-contains',
      [where('n', 'array-contains', 1n), where('m', 'array-contains', 1n)],
      "A maximum of 1 'ARRAY_CONTAINS' filter",
    ],
    ['a name that is no reference', [where('__name__', '==', 'a')], '__key__ filter value must be'],
  ])('%s', (_, filters, message) => {
    expect(refusal(() => engine.query(things(filters)))).toContain(`INVALID_ARGUMENT ${message}`);
  });

  test.each<[string, Query]>([
    ['the same order twice', things([], ['n', 'n desc'])],
    ['an order after the name', things([], ['__name__', 'n'])],
    [
      'an inequality that would be ordered after the name',
      things([where('n', '>', 1n)], ['__name__']),
    ],
    ['a negative limit', { ...things(), limit: -1 }],
    ['a cursor with too many values', { ...things(), startAt: { values: [1n, 2n], before: true } }],
    [
      'a cursor whose name is no reference',
      { ...things(), startAt: { values: [1n], before: true } },
    ],
  ])('%s', (_, query) => {
    expect(refusal(() => engine.query(query))).toMatch(/^INVALID_ARGUMENT/);
  });

  test('a scan of names from the last to the first, but not beside an equality', () => {
    expect(refusal(() => engine.query(things([], ['__name__ desc'])))).toBe(
      'FAILED_PRECONDITION Firestore does not support descending key scans',
    );
    const beside = things([where('group', '==', 'odd')], ['__name__ desc']);
    expect(ids(engine, beside).join('')).toBe('ca');
  });
});
