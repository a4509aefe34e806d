import { expect, test } from 'vitest';
import { memoryStore } from '../local/engines/engine.ts';
import { createFirestoreEngine } from '../local/engines/firestore/index.ts';
import { inProcessDocuments } from '../local/in-process/documents.ts';
import { readAll } from './read-all.ts';

/** What is read of documents with these moments, two a page. */
async function read(moments: readonly (string | Date)[]): Promise<string[]> {
  const engine = { now: Date.now, random: Math.random, store: memoryStore() };
  const documents = inProcessDocuments(createFirestoreEngine(engine, { project: 'p' }));
  await documents.commit(
    moments.map((at, index) => ({ op: 'create', path: `releases/${index}`, data: { at } })),
  );
  const ids: string[] = [];
  const reading = { collection: 'releases', by: 'at', pageSize: 2 };
  for await (const { id } of readAll(documents, reading)) ids.push(id);
  return ids;
}

test.each([0, 1, 2, 3, 4, 5])('%s documents are read, each once', async (count) => {
  const moments = Array.from({ length: count }, (_, at) => `2026-01-0${at + 1}`);
  expect(await read(moments)).toEqual(moments.map((_, at) => String(at)));
});

test('documents of one moment are all read where a page ends among them', async () => {
  expect(await read(['2026-01-01', '2026-01-02', '2026-01-02', '2026-01-03'])).toEqual([
    '0',
    '1',
    '2',
    '3',
  ]);
});

test('moments are times as well as texts', async () => {
  const moment = new Date(1_000);
  expect(await read([new Date(1), moment, moment, new Date(2_000)])).toHaveLength(4);
});

test('more of one moment than a page has are all read', async () => {
  const moments = ['2026-01-01', ...Array(7).fill('2026-01-02'), '2026-01-03'];
  expect(await read(moments)).toHaveLength(9);
});
