import { describe, expect, it } from 'vitest';
import { memoryStore } from '../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../infra/local/engines/firestore/index.ts';
import { inProcessDocuments } from '../infra/local/in-process/documents.ts';
import { newest, type Place } from './newest.ts';
import { SERVER_TIME } from './ports/index.ts';

/** A collection whose documents are committed at the times given, several at one time as one commit. */
async function collection(...commits: { at: number; ids: string[] }[]) {
  let now = 0;
  const context = { now: () => now, random: () => 0.5, store: memoryStore() };
  const documents = inProcessDocuments(createFirestoreEngine(context, { project: 'p' }));
  for (const { at, ids } of commits) {
    now = at;
    await documents.commit(
      ids.map((id) => ({ op: 'create', path: `things/${id}`, data: { at: SERVER_TIME } })),
    );
  }
  const page = (limit: number, after: Place | null = null) =>
    newest({ documents }, { collection: 'things', time: 'at', limit, after });
  return { documents, page };
}

/** Every page until the end, by ids. */
async function pages(
  page: (limit: number, after: Place | null) => ReturnType<typeof newest>,
  limit: number,
): Promise<string[][]> {
  const all: string[][] = [];
  for (let after: Place | null = null; ; ) {
    const { documents, next } = await page(limit, after);
    all.push(documents.map(({ id }) => id));
    if (!next) return all;
    after = next;
  }
}

describe('a list of the newest', () => {
  it('goes on where the page before ended', async () => {
    const { page } = await collection(
      { at: 1_000, ids: ['a'] },
      { at: 2_000, ids: ['b'] },
      { at: 3_000, ids: ['c'] },
    );
    expect(await pages(page, 2)).toEqual([['c', 'b'], ['a']]);
  });

  it('shows each document of one commit once, however many pages they take', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `m${1_000 + index}`);
    const { page } = await collection(
      { at: 1_000, ids: ['a'] },
      { at: 2_000, ids },
      { at: 3_000, ids: ['z'] },
    );
    const shown = (await pages(page, 7)).flat();
    expect(shown).toEqual(['z', ...ids.toReversed(), 'a']);
  });

  it('leaves nothing out when what it showed last has gone', async () => {
    const { documents, page } = await collection(
      { at: 1_000, ids: ['a'] },
      { at: 2_000, ids: ['b', 'c'] },
    );
    const first = await page(1);
    expect(first.documents.map(({ id }) => id)).toEqual(['c']);
    await documents.commit([{ op: 'delete', path: 'things/c' }]);
    const second = await page(5, first.next);
    expect(second.documents.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('is not moved by what is new', async () => {
    const { documents, page } = await collection(
      { at: 1_000, ids: ['a'] },
      { at: 2_000, ids: ['b'] },
    );
    const { next } = await page(1);
    await documents.commit([{ op: 'create', path: 'things/new', data: { at: new Date(5_000) } }]);
    expect((await page(5, next)).documents.map(({ id }) => id)).toEqual(['a']);
  });

  it('has no next page when this one holds the last document', async () => {
    const { page } = await collection({ at: 1_000, ids: ['a', 'b'] });
    expect((await page(2)).next).toBeNull();
    expect((await page(1)).next).toEqual({ at: 1_000, id: 'b' });
  });
});
