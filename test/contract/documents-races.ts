import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hasCode } from '../../shared/ports/index.ts';
import type { Bench } from './documents.ts';
import { refusal } from './refusal.ts';

const writers = Array.from({ length: 20 }, (_, i) => i);

/** What holds when many write at once (D2). */
export function racesContract(bench: Bench): void {
  /** Reads, decides and commits until nobody was in between. */
  async function increment(path: string): Promise<void> {
    for (;;) {
      const found = await bench.documents.get<{ count: number }>(path);
      if (!found) throw new Error(`${path} is there`);
      const fields = { count: found.data.count + 1 };
      try {
        await bench.documents.commit([{ op: 'update', path, fields, version: found.version }]);
        return;
      } catch (error) {
        if (!hasCode(error, 'failed_precondition', 'aborted')) throw error;
        await setTimeout(Math.random() * 20);
      }
    }
  }

  test('20 writers that count up one document with preconditions reach exactly 20', async () => {
    const path = `${bench.collection()}/counter`;
    await bench.documents.commit([{ op: 'create', path, data: { count: 0 } }]);
    await Promise.all(writers.map(() => increment(path)));
    expect((await bench.documents.get(path))?.data).toEqual({ count: 20 });
  });

  test('of 20 writers that create one document, one succeeds', async () => {
    const path = `${bench.collection()}/one`;
    const codes = await Promise.all(
      writers.map((writer) =>
        refusal(bench.documents.commit([{ op: 'create', path, data: { writer } }])),
      ),
    );
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect((await bench.documents.get(path))?.data).toEqual({ writer: codes.indexOf(undefined) });
  });

  test('of 20 writers that hold one version, one succeeds, whatever else each writes', async () => {
    const collection = bench.collection();
    const path = `${collection}/shared`;
    const [version] = await bench.documents.commit([{ op: 'create', path, data: { by: -1 } }]);
    if (version === undefined) throw new Error('a create answers with a version');
    const codes = await Promise.all(
      writers.map((writer) =>
        refusal(
          bench.documents.commit([
            { op: 'create', path: `${collection}/own-${writer}`, data: {} },
            { op: 'update', path, fields: { by: writer }, version },
          ]),
        ),
      ),
    );
    const winner = codes.indexOf(undefined);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    const all = await bench.documents.query({ collection, limit: 100 });
    expect(all.map(({ id }) => id)).toEqual([`own-${winner}`, 'shared']);
  });
}
