import { beforeEach, expect, test } from 'vitest';
import type { Data, Documents } from '../../shared/ports/index.ts';
import { memoryStore } from '../local/engines/engine.ts';
import { createFirestoreEngine } from '../local/engines/firestore/index.ts';
import { inProcessDocuments } from '../local/in-process/documents.ts';
import { findUses } from './find-uses.ts';

let documents: Documents;
beforeEach(() => {
  const engine = { now: Date.now, random: Math.random, store: memoryStore() };
  documents = inProcessDocuments(createFirestoreEngine(engine, { project: 'p' }));
});

async function put(path: string, data: Data): Promise<void> {
  await documents.commit([{ op: 'create', path, data }]);
}

function release(id: string, publishedAt: string, images: readonly string[]): Promise<void> {
  const agents = images.map((image, at) => [`agent-${at}`, { image, skill: 'Work.' }]);
  return put(`releases/${id}`, {
    name: 'herd',
    publishedAt,
    agents: Object.fromEntries(agents) as Data,
  });
}

const run = (id: string, releaseId: string, state: string): Promise<void> =>
  put(`runs/${id}`, { release: releaseId, state, admittedAt: new Date(1_000) });

test('an image is used by each release that names it, and by the runs of these that are not over', async () => {
  await release('r1', '2026-01-01', ['one', 'two']);
  await release('r2', '2026-01-02', ['one', 'one']);
  await put('project/current', { release: 'r2' });
  await run('a', 'r1', 'queued');
  await run('b', 'r1', 'ending');
  await run('c', 'r2', 'succeeded');
  const { uses, releases } = await findUses(documents);
  expect(releases).toEqual(['r2', 'r1']);
  expect(Object.fromEntries(uses)).toEqual({
    one: { isCurrent: true, releases: ['r2', 'r1'], runs: 2 },
    two: { isCurrent: false, releases: ['r1'], runs: 2 },
  });
});

test('more releases and runs than are read at a time all count', async () => {
  for (let at = 0; at < 45; at += 1)
    await release(`r${at}`, `2026-01-01T00:${at}`, [`image-${at}`]);
  for (let at = 0; at < 301; at += 1) await run(`run-${at}`, 'r0', 'queued');
  const { uses } = await findUses(documents);
  expect(uses.size).toBe(45);
  expect(uses.get('image-0')?.runs).toBe(301);
});

test('an image with a tag and a digest is the one of the digest', async () => {
  await release('r1', '2026-01-01', ['host:80/p/one:2@sha256:1', 'host:80/p/two:2']);
  const { uses } = await findUses(documents);
  expect([...uses.keys()]).toEqual(['host:80/p/one@sha256:1', 'host:80/p/two:2']);
});

test('where nothing was published, nothing is used', async () => {
  expect((await findUses(documents)).uses.size).toBe(0);
});

test.each([
  ['a newer Drover made', { format: 99, drover: '9.0.0' }],
  ['has an agent without an image', { agents: { one: { skill: 'Work.' } } }],
])('a release that %s is refused, for nobody knows what it needs', async (_, changes: Data) => {
  await put('releases/odd', { name: 'herd', publishedAt: '2026-01-01', agents: {}, ...changes });
  await expect(findUses(documents)).rejects.toMatchObject({ code: 'RELEASE_UNREADABLE' });
});
