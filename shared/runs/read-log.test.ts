import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../../infra/local/engines/firestore/index.ts';
import { inProcessDocuments } from '../../infra/local/in-process/documents.ts';
import { createLogGatherer, type LogLine } from './logs.ts';
import { type LogPage, type LogQuery, logStart, readLogPage } from './read-log.ts';

const run = 'a-bbbbbbbb';

function entry(n: number): LogLine {
  const at = `2026-03-01T12:00:00.${String(n).padStart(9, '0')}Z`;
  return { at, insertId: `i${n}`, severity: 'INFO', text: `line ${n}` };
}

/** A log whose chunks have these lines, by number. */
async function log(...chunks: number[][]) {
  const context = { now: () => 1_000, random: () => 0.5, store: memoryStore() };
  const documents = inProcessDocuments(createFirestoreEngine(context, { project: 'p' }));
  const clock = { now: () => 1_000, sleep: async () => {} };
  for (const lines of chunks) {
    const gatherer = createLogGatherer({ documents, clock });
    await Promise.all(lines.map((n) => gatherer.add(run, entry(n))));
  }
  return (query: LogQuery) => readLogPage({ documents }, run, query);
}

const numbers = ({ lines }: LogPage): number[] =>
  lines.map(({ text }) => Number(text.replace('line ', '')));

describe('a page of a log', () => {
  it('has the last lines, and says where what came before ends', async () => {
    const read = await log([1, 2], [3, 4], [5, 6]);
    const last = await read({ limit: 3 });
    expect(numbers(last)).toEqual([4, 5, 6]);
    if (!last.start) throw new Error('there is more');
    const before = await read({ limit: 3, from: { before: last.start } });
    expect(numbers(before)).toEqual([1, 2, 3]);
    expect(before.start).toBeNull();
    expect(before.more).toBe(false);
  });

  it('goes on after a place, within a chunk and across chunks', async () => {
    const read = await log([1, 2, 3], [4], [5, 6, 7]);
    const shown: number[][] = [];
    for (let from = logStart; ; ) {
      const page = await read({ limit: 2, from: { after: from } });
      shown.push(numbers(page));
      if (!page.more || !page.end) break;
      from = page.end;
    }
    expect(shown).toEqual([[1, 2], [3, 4], [5, 6], [7]]);
  });

  it('ends where the next line will be', async () => {
    const read = await log([1, 2]);
    const { end } = await read({ limit: 10 });
    if (!end) throw new Error('there is a log');
    expect(await read({ limit: 10, from: { after: end } })).toMatchObject({ lines: [], end });
  });

  it('has a line once that was delivered twice, and lines in the order they were written in', async () => {
    const read = await log([2, 1, 2], [4, 3]);
    expect(numbers(await read({ limit: 10 }))).toEqual([1, 2, 3, 4]);
  });

  it('goes through as many chunks as it takes to find what is wanted', async () => {
    const chunks = Array.from({ length: 75 }, (_, index) => [2 * index, 2 * index + 1]);
    const read = await log(...chunks);
    const keep = (lines: readonly LogLine[]) => lines.filter(({ text }) => text.endsWith('0'));
    const back = await read({ limit: 4, keep });
    expect(numbers(back)).toEqual([110, 120, 130, 140]);
    const on = await read({ limit: 100, keep, from: { after: logStart } });
    expect(numbers(on)).toEqual(Array.from({ length: 15 }, (_, index) => 10 * index));
    expect(on.more).toBe(false);
  });

  it('is empty where there is no log', async () => {
    const read = await log();
    const nothing = { lines: [], start: null, end: null, more: false };
    expect(await read({ limit: 5 })).toEqual(nothing);
    expect(await read({ limit: 5, from: { after: logStart } })).toMatchObject({ lines: [] });
  });
});
