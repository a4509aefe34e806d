import { expect, test } from 'vitest';
import type { Comparison, Data, Query, Value } from '../../shared/ports/index.ts';
import type { Bench } from './documents.ts';
import { refusal } from './refusal.ts';

/** Which documents a query answers with, and in which order. */
export function queryContract(bench: Bench): void {
  /** A collection with these documents, by id. */
  const filled = async (documents: { [id: string]: Data }): Promise<string> => {
    const collection = bench.collection();
    await bench.documents.commit(
      Object.entries(documents).map(([id, data]) => ({
        op: 'create',
        path: `${collection}/${id}`,
        data,
      })),
    );
    return collection;
  };
  const ids = async (query: Omit<Query, 'limit'> & { limit?: number }): Promise<string[]> => {
    const found = await bench.documents.query({ limit: 100, ...query });
    return found.map(({ id }) => id);
  };

  const mixed: { [id: string]: Data } = {
    one: { n: 1, s: 'a', tags: ['x', 'y'], at: new Date(1_000) },
    two: { n: 2, s: 'b', tags: ['y'], at: new Date(2_000) },
    half: { n: 2.5, s: 'B', tags: [], at: new Date(2_500) },
    text: { n: '2', s: null, tags: 'x' },
    nothing: { other: true },
  };
  const cases: [field: string, is: Comparison, value: Value, expected: string[]][] = [
    ['n', '==', 2, ['two']],
    ['n', '==', '2', ['text']],
    ['n', '==', 3, []],
    ['s', '==', null, ['text']],
    ['at', '==', new Date(2_000), ['two']],
    ['tags', '==', ['y'], ['two']],
    ['n', '<', 2, ['one']],
    ['n', '<=', 2, ['one', 'two']],
    ['n', '>', 2, ['half']],
    ['n', '>=', 2, ['two', 'half']],
    ['s', '>', 'B', ['one', 'two']],
    ['at', '>=', new Date(1_001), ['two', 'half']],
    ['n', 'in', [1, '2', 7], ['one', 'text']],
    ['tags', 'array-contains', 'x', ['one']],
    ['tags', 'array-contains', 'y', ['one', 'two']],
    ['missing', '==', 1, []],
  ];

  test('counts what it would answer with, and no further than its limit', async () => {
    const collection = await filled(mixed);
    const counted = (query: Partial<Query>): Promise<number> =>
      bench.documents.count({ collection, limit: 100, ...query });
    expect(await counted({})).toBe(5);
    expect(await counted({ where: [['n', '>=', 2]] })).toBe(2);
    expect(await counted({ where: [['n', '>=', 2]], orderBy: [['n', 'asc']], limit: 1 })).toBe(1);
    expect(await counted({ where: [['n', '==', 99]] })).toBe(0);
    expect(await bench.documents.count({ collection: bench.collection(), limit: 5 })).toBe(0);
  });

  test.each(cases)('%s %s %j finds the right documents', async (field, is, value, expected) => {
    const collection = await filled(mixed);
    expect((await ids({ collection, where: [[field, is, value]] })).toSorted()).toEqual(
      expected.toSorted(),
    );
  });

  test('a query answers with path, id, fields and version, as get does', async () => {
    const collection = await filled({ one: { a: 1 } });
    const [queried] = await bench.documents.query({ collection, limit: 1 });
    expect(await bench.documents.get(`${collection}/one`)).toEqual({
      ...queried,
      readAt: expect.any(Number),
    });
  });

  test('all filters must hold', async () => {
    const collection = await filled(mixed);
    const where: Query['where'] = [
      ['n', '>', 1],
      ['n', '<=', 2.5],
      ['s', '==', 'B'],
    ];
    expect(await ids({ collection, where })).toEqual(['half']);
  });

  test('a query of a collection that is not there finds nothing', async () => {
    expect(await ids({ collection: bench.collection() })).toEqual([]);
  });

  test('without an order, documents come in the order of their ids', async () => {
    const collection = await filled({
      b: {},
      a: {},
      10: {},
      9: {},
      B: {},
      é: {},
      '🚀': {},
      '\uffee': {},
    });
    expect(await ids({ collection })).toEqual(['10', '9', 'B', 'a', 'b', 'é', '\uffee', '🚀']);
  });

  test('an inequality orders by its field', async () => {
    const collection = await filled({ a: { n: 3 }, b: { n: 1 }, c: { n: 2 } });
    expect(await ids({ collection, where: [['n', '>', 0]] })).toEqual(['b', 'c', 'a']);
  });

  test('values of different types are ordered by type', async () => {
    const collection = await filled({
      map: { v: {} },
      list: { v: [] },
      bytes: { v: new Uint8Array([1]) },
      text: { v: '' },
      date: { v: new Date(0) },
      number: { v: -1 },
      nan: { v: Number.NaN },
      true: { v: true },
      false: { v: false },
      null: { v: null },
    });
    const expected = [
      'null',
      'false',
      'true',
      'nan',
      'number',
      'date',
      'text',
      'bytes',
      'list',
      'map',
    ];
    expect(await ids({ collection, orderBy: [['v', 'asc']] })).toEqual(expected);
    expect(await ids({ collection, orderBy: [['v', 'desc']] })).toEqual(expected.toReversed());
  });

  test('a document without the field of the order is left out', async () => {
    const collection = await filled({ a: { n: 1 }, b: {}, c: { n: null } });
    expect(await ids({ collection, orderBy: [['n', 'asc']] })).toEqual(['c', 'a']);
  });

  const ties = { c: { n: 1 }, a: { n: 1 }, b: { n: 1 }, z: { n: 0 } };

  test('ties are ordered by id, in the direction of the order', async () => {
    const collection = await filled(ties);
    expect(await ids({ collection, orderBy: [['n', 'asc']] })).toEqual(['z', 'a', 'b', 'c']);
    expect(await ids({ collection, orderBy: [['n', 'desc']] })).toEqual(['c', 'b', 'a', 'z']);
  });

  test('ties of several fields are ordered by id, in the direction of the last', async () => {
    const collection = await filled({
      a: { n: 1, m: 1 },
      b: { n: 1, m: 1 },
      c: { n: 2, m: 1 },
      d: { n: 1, m: 2 },
    });
    const orderBy: Query['orderBy'] = [
      ['n', 'asc'],
      ['m', 'desc'],
    ];
    expect(await ids({ collection, orderBy })).toEqual(['d', 'b', 'a', 'c']);
  });

  test('limit cuts the answer after the order', async () => {
    const collection = await filled({ a: { n: 3 }, b: { n: 1 }, c: { n: 2 } });
    expect(await ids({ collection, orderBy: [['n', 'asc']], limit: 2 })).toEqual(['b', 'c']);
  });

  test('startAfter leaves out every document with just these values', async () => {
    const collection = await filled({ ...ties, later: { n: 2 } });
    expect(await ids({ collection, orderBy: [['n', 'asc']], startAfter: [1] })).toEqual(['later']);
    expect(await ids({ collection, orderBy: [['n', 'desc']], startAfter: [1] })).toEqual(['z']);
  });

  test('startAfter takes one value a field', async () => {
    const collection = await filled({
      a: { n: 1, m: 1 },
      b: { n: 1, m: 2 },
      c: { n: 2, m: 0 },
    });
    const orderBy: Query['orderBy'] = [
      ['n', 'asc'],
      ['m', 'asc'],
    ];
    expect(await ids({ collection, orderBy, startAfter: [1, 1] })).toEqual(['b', 'c']);
    const tooMany = ids({ collection, orderBy, startAfter: [1, 1, 1] });
    expect(await refusal(tooMany)).toBe('invalid_argument');
  });

  test('pages by startAfter and limit meet every document once', async () => {
    const at = (ms: number): Data => ({ at: new Date(ms) });
    const all = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`d${i}`, at(i * 7_001)]));
    const collection = await filled(all);
    const seen: string[] = [];
    let startAfter: Value[] | undefined;
    for (;;) {
      const page = await bench.documents.query<{ at: Date }>({
        collection,
        orderBy: [['at', 'desc']],
        ...(startAfter && { startAfter }),
        limit: 4,
      });
      seen.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (!last) break;
      startAfter = [last.data.at];
    }
    expect(seen).toEqual(Object.keys(all).toReversed());
  });

  test('a query sees one collection, not its namesakes under documents', async () => {
    const collection = await filled({ one: { a: 1 } });
    const [inner, namesake] = [`${collection}/one/events`, `${collection}/one/${collection}`];
    await bench.documents.commit([
      { op: 'create', path: `${inner}/1`, data: { why: 'inner' } },
      { op: 'create', path: `${namesake}/1`, data: { why: 'namesake' } },
      { op: 'create', path: `${collection}/two/events/2`, data: { why: 'other' } },
    ]);
    expect(await ids({ collection })).toEqual(['one']);
    expect(await bench.documents.query({ collection: inner, limit: 10 })).toEqual([
      expect.objectContaining({ path: `${inner}/1`, id: '1', data: { why: 'inner' } }),
    ]);
  });

  test('a query sees every commit before it', async () => {
    const collection = await filled({ one: { n: 1 }, two: { n: 1 }, three: { n: 1 } });
    await bench.documents.commit([
      { op: 'update', path: `${collection}/one`, fields: { n: 2 } },
      { op: 'delete', path: `${collection}/two` },
    ]);
    expect(await ids({ collection, where: [['n', '==', 1]] })).toEqual(['three']);
    expect(await ids({ collection, where: [['n', '==', 2]] })).toEqual(['one']);
  });

  test.each<[string, Omit<Query, 'collection'>]>([
    ['in with no value', { where: [['n', 'in', []]], limit: 1 }],
    ['in with more than 30 values', { where: [['n', 'in', Array(31).fill(1)]], limit: 1 }],
    ['in with something that is no list', { where: [['n', 'in', 1]], limit: 1 }],
    ['a negative limit', { limit: -1 }],
    [
      'the same order twice',
      {
        orderBy: [
          ['n', 'asc'],
          ['n', 'desc'],
        ],
        limit: 1,
      },
    ],
  ])('%s is refused', async (_, query) => {
    const found = bench.documents.query({ collection: bench.collection(), ...query });
    expect(await refusal(found)).toBe('invalid_argument');
  });

  test('a path that is not a collection’s is refused', async () => {
    const found = bench.documents.query({ collection: `${bench.collection()}/one`, limit: 1 });
    expect(await refusal(found)).toBe('invalid_argument');
  });
}
