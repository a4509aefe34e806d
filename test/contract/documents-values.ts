import { describe, expect, test } from 'vitest';
import type { Data, NewData, Value } from '../../shared/ports/index.ts';
import type { Bench } from './documents.ts';
import { refusal } from './refusal.ts';

const nested = (depth: number): Value => (depth === 0 ? 'end' : { in: nested(depth - 1) });

const values: [string, Value][] = [
  ['null', null],
  ['false', false],
  ['true', true],
  ['zero', 0],
  ['a negative integer', -17],
  ['the largest safe integer', Number.MAX_SAFE_INTEGER],
  ['the smallest safe integer', Number.MIN_SAFE_INTEGER],
  ['a fraction', 0.1],
  ['a very large number', 1e300],
  ['minus zero', -0],
  ['infinity', Number.POSITIVE_INFINITY],
  ['not a number', Number.NaN],
  ['an empty string', ''],
  ['text beyond ascii', 'Größe 東京 🚀 \u0000 \u2028 e\u0301'],
  ['a long string', 'x'.repeat(20_000)],
  ['a date', new Date('2026-11-21T12:34:56.789Z')],
  ['a date before the epoch', new Date(-1)],
  ['the first date', new Date('0001-01-01T00:00:00.000Z')],
  ['the last date', new Date('9999-12-31T23:59:59.999Z')],
  ['bytes', new Uint8Array([0, 1, 254, 255])],
  ['no bytes', new Uint8Array()],
  ['an empty array', []],
  ['an array of everything', [null, true, 1, 'a', new Date(0), new Uint8Array([1]), { a: [1] }]],
  ['an empty map', {}],
  [
    'a map of everything',
    { a: null, b: { c: [{ d: {} }] }, e: new Date(5), f: new Uint8Array([2]) },
  ],
  ['maps 18 levels deep', nested(18)],
];

/** Names that are not simple identifiers: none of them is a path. */
const names = [
  'a.b',
  '.',
  'a b',
  'a-b',
  '0',
  '`',
  '\\',
  "'",
  '"',
  '[x]',
  '~*/',
  'ü',
  '東京',
  '_',
  '__',
];

/** What can be a field, and how it comes back. */
export function valuesContract(bench: Bench): void {
  const stored = async (data: NewData): Promise<Data | undefined> => {
    const path = `${bench.collection()}/one`;
    await bench.documents.commit([{ op: 'create', path, data }]);
    return (await bench.documents.get(path))?.data;
  };

  test.each(values)('%s comes back as it was written', async (_, value) => {
    expect(await stored({ value, map: { value } })).toStrictEqual({ value, map: { value } });
  });

  test.each(values)('%s is what it was when it is written again', async (_, value) => {
    const path = `${bench.collection()}/one`;
    const [version] = await bench.documents.commit([{ op: 'create', path, data: { value } }]);
    const data = (await bench.documents.get(path))?.data ?? {};
    expect(await bench.documents.commit([{ op: 'set', path, data }])).toEqual([version]);
  });

  test('a document without fields exists', async () => {
    expect(await stored({})).toEqual({});
  });

  test('bytes come back as a plain Uint8Array', async () => {
    const data = await stored({ bytes: Buffer.from('abc') });
    expect(data?.bytes?.constructor).toBe(Uint8Array);
  });

  test('what a reader does to what it read, if it may, changes nothing for others', async () => {
    const path = `${bench.collection()}/one`;
    await bench.documents.commit([{ op: 'create', path, data: { map: { a: 1 } } }]);
    const first = await bench.documents.get<{ map: { a: number } }>(path);
    if (first) Reflect.set(first.data.map, 'a', 2);
    expect((await bench.documents.get(path))?.data).toEqual({ map: { a: 1 } });
  });

  test('what was written may be changed by the writer', async () => {
    const path = `${bench.collection()}/one`;
    const data = { map: { a: 1 }, list: [1], bytes: new Uint8Array([1]) };
    await bench.documents.commit([{ op: 'create', path, data }]);
    data.map.a = 2;
    data.list.push(2);
    data.bytes[0] = 2;
    expect((await bench.documents.get(path))?.data).toEqual({
      map: { a: 1 },
      list: [1],
      bytes: new Uint8Array([1]),
    });
  });

  describe('field names', () => {
    test.each(names)('%s is one name when created', async (name) => {
      expect(await stored({ [name]: 1, map: { [name]: 2 } })).toEqual({
        [name]: 1,
        map: { [name]: 2 },
      });
    });

    test.each(names)('%s is one name when updated', async (name) => {
      const path = `${bench.collection()}/one`;
      const data = { a: { b: 'kept' }, other: 'kept' };
      await bench.documents.commit([{ op: 'create', path, data }]);
      await bench.documents.commit([{ op: 'update', path, fields: { [name]: 1 } }]);
      expect((await bench.documents.get(path))?.data).toEqual({ ...data, [name]: 1 });
    });

    test.each(names)('%s is one name when queried and ordered by', async (name) => {
      const collection = bench.collection();
      await bench.documents.commit(
        [3, 1, 2].map((value) => ({
          op: 'create',
          path: `${collection}/${value}`,
          data: { [name]: value },
        })),
      );
      const found = await bench.documents.query({
        collection,
        where: [[name, '>=', 2]],
        orderBy: [[name, 'asc']],
        limit: 10,
      });
      expect(found.map(({ id }) => id)).toEqual(['2', '3']);
    });

    test.each([
      ['an empty name', ''],
      ['a reserved name', '__a__'],
      ['a name over 1500 bytes', 'ü'.repeat(751)],
    ])('%s is refused', async (_, name) => {
      expect(await refusal(stored({ [name]: 1 }))).toBe('invalid_argument');
      expect(await refusal(stored({ map: { [name]: 1 } }))).toBe('invalid_argument');
    });
  });

  test('an array in an array is refused', async () => {
    expect(await refusal(stored({ list: [[1]] }))).toBe('invalid_argument');
  });

  test('maps over 20 levels deep are refused', async () => {
    expect(await refusal(stored({ map: nested(22) }))).toBe('invalid_argument');
  });
}
