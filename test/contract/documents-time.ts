import { expect, test } from 'vitest';
import { uncertaintyMs } from '../../shared/clock-offset.ts';
import type { TellTime } from '../../shared/ports/index.ts';
import type { Bench } from './documents.ts';
import { refusal } from './refusal.ts';

type Call = (bench: Bench, tellTime: TellTime) => Promise<unknown>;

/** Every call says when it was answered by the one clock that all instances share. The subject's clock is this machine's. */
export function timeContract(bench: Bench): void {
  const calls: [string, Call][] = [
    ['get', ({ documents, collection }, tell) => documents.get(`${collection()}/nothing`, tell)],
    ['query', ({ documents, collection }, tell) => query(documents, collection(), tell)],
    ['count', ({ documents, collection }, tell) => count(documents, collection(), tell)],
    ['commit', ({ documents, collection }, tell) => create(documents, collection(), tell)],
  ];
  const query = (documents: Bench['documents'], collection: string, tell: TellTime) =>
    documents.query({ collection, limit: 1 }, tell);
  const count = (documents: Bench['documents'], collection: string, tell: TellTime) =>
    documents.count({ collection, limit: 1 }, tell);
  const create = (documents: Bench['documents'], collection: string, tell: TellTime) =>
    documents.commit([{ op: 'create', path: `${collection}/one`, data: { a: 1 } }], tell);

  test.each(calls)(
    '%s tells once when it was answered, also where nothing is found',
    async (_, call) => {
      const told: number[] = [];
      const before = Date.now();
      await call(bench, (at) => told.push(at));
      const after = Date.now();
      expect(told).toHaveLength(1);
      expect(told[0]).toBeGreaterThanOrEqual(before - uncertaintyMs);
      expect(told[0]).toBeLessThanOrEqual(after + uncertaintyMs);
    },
  );

  test('a document, a query and a count that find something tell the time as well', async () => {
    const collection = bench.collection();
    const told: number[] = [];
    const tell: TellTime = (at) => told.push(at);
    await create(bench.documents, collection, tell);
    const found = await bench.documents.get(`${collection}/one`, tell);
    await query(bench.documents, collection, tell);
    await count(bench.documents, collection, tell);
    expect(told[1]).toBe(found?.readAt);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told).toHaveLength(4);
  });

  test('a commit that changes nothing tells when it was made, and not when the document was', async () => {
    const path = `${bench.collection()}/one`;
    const told: number[] = [];
    await bench.documents.commit([{ op: 'create', path, data: { a: 1 } }]);
    const before = Date.now();
    await bench.documents.commit([{ op: 'set', path, data: { a: 1 } }], (at) => told.push(at));
    expect(told[0]).toBeGreaterThanOrEqual(before - uncertaintyMs);
  });

  test('a call that is refused tells no time', async () => {
    const path = `${bench.collection()}/one`;
    const told: number[] = [];
    const tell: TellTime = (at) => told.push(at);
    await bench.documents.commit([{ op: 'create', path, data: {} }]);
    const again = bench.documents.commit([{ op: 'create', path, data: {} }], tell);
    expect(await refusal(again)).toBe('already_exists');
    expect(await refusal(bench.documents.get('a-collection', tell))).toBe('invalid_argument');
    expect(told).toEqual([]);
  });
}
