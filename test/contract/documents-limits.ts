import { expect, test } from 'vitest';
import type { Write } from '../../shared/ports/index.ts';
import type { Bench } from './documents.ts';
import { refusal } from './refusal.ts';

const mebibyte = 1024 * 1024;

/** What is too much (Firestore quotas page). */
export function limitsContract(bench: Bench): void {
  const creates = (count: number, bytes: number): Write[] => {
    const collection = bench.collection();
    const text = 'x'.repeat(bytes);
    return Array.from({ length: count }, (_, i) => ({
      op: 'create',
      path: `${collection}/${i}`,
      data: { text },
    }));
  };

  test('a document just under 1 MiB is taken', async () => {
    const writes = creates(1, mebibyte - 200);
    const [version] = await bench.documents.commit(writes);
    expect((await bench.documents.get(writes[0]?.path ?? ''))?.version).toBe(version);
  });

  test('a document over 1 MiB is refused', async () => {
    const writes = creates(1, mebibyte);
    expect(await refusal(bench.documents.commit(writes))).toBe('invalid_argument');
  });

  test('a document that an update takes over 1 MiB is refused', async () => {
    const [first] = creates(1, mebibyte - 2_000);
    if (!first) throw new Error('one write was asked for');
    await bench.documents.commit([first]);
    const more = { more: 'x'.repeat(4_000) };
    const update = bench.documents.commit([{ op: 'update', path: first.path, fields: more }]);
    expect(await refusal(update)).toBe('invalid_argument');
  });

  test('a commit of more than 10 MiB is refused as a whole', async () => {
    const writes = creates(11, mebibyte - 200);
    // Some servers cut the message off before they look at it.
    expect(['invalid_argument', 'resource_exhausted']).toContain(
      await refusal(bench.documents.commit(writes)),
    );
    expect(await bench.documents.get(writes[0]?.path ?? '')).toBeUndefined();
  });

  test('500 writes in a commit are taken, 501 are refused', async () => {
    expect(await bench.documents.commit(creates(500, 1))).toHaveLength(500);
    expect(await refusal(bench.documents.commit(creates(501, 1)))).toBe('invalid_argument');
  });
}
