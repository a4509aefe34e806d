import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../../infra/local/engines/firestore/index.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { firestoreService } from '../../infra/local/wire/firestore/index.ts';
import { serve, type WireServer } from '../../infra/local/wire/server.ts';
import { type Documents, SERVER_TIME, type Version } from '../ports/index.ts';
import { type Clients, clients } from './clients.ts';
import { firestoreDocuments } from './documents.ts';

// What the port promises is in test/contract/documents.ts; here is what only this adapter does.

const calls = callCounter();
const faults = faultTable();
let server: WireServer;
let firestore: Clients['firestore'];
let documents: Documents;

beforeAll(async () => {
  const engine = createFirestoreEngine(
    { now: Date.now, random: Math.random, store: memoryStore() },
    { project: 'demo-adapter' },
  );
  server = await serve([firestoreService(engine)], 0, { calls, faults });
  ({ firestore } = clients({
    project: 'demo-adapter',
    endpoint: `127.0.0.1:${server.port}`,
  }));
  documents = firestoreDocuments(firestore);
});

beforeEach(() => {
  faults.clear();
  calls.reset();
});

afterAll(async () => {
  await (await firestore()).terminate();
  await server.close();
});

test('get, query and commit are one call each', async () => {
  await documents.commit([
    { op: 'create', path: 'one/a', data: { at: SERVER_TIME } },
    { op: 'set', path: 'one/b', data: { at: SERVER_TIME } },
  ]);
  await documents.get('one/a');
  await documents.query({ collection: 'one', orderBy: [['at', 'asc']], limit: 10 });
  expect(calls.counts()).toEqual({
    'Firestore.BatchGetDocuments': 1,
    'Firestore.Commit': 1,
    'Firestore.RunQuery': 1,
  });
});

test.each(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'ABORTED', 'DEADLINE_EXCEEDED'] as const)(
  'a commit that is refused with %s is not repeated behind the caller',
  async (code) => {
    faults.add({ method: 'Firestore.Commit', times: 1, code });
    const commit = documents.commit([{ op: 'create', path: `refused/${code}`, data: {} }]);
    await expect(commit).rejects.toMatchObject({ code: code.toLowerCase(), transient: true });
    expect(calls.counts()).toEqual({ 'Firestore.Commit': 1 });
    expect(await documents.get(`refused/${code}`)).toBeUndefined();
  },
);

test('a create whose answer is lost is unavailable, and not refused by itself', async () => {
  faults.add({ method: 'Firestore.Commit', times: 1, code: 'UNAVAILABLE', when: 'after' });
  const commit = documents.commit([{ op: 'create', path: 'lost/answer', data: { by: 'us' } }]);
  await expect(commit).rejects.toMatchObject({ code: 'unavailable' });
  expect((await documents.get('lost/answer'))?.data).toEqual({ by: 'us' });
});

test.each([
  ['get', 'Firestore.BatchGetDocuments', () => documents.get('read/a')],
  ['query', 'Firestore.RunQuery', () => documents.query({ collection: 'read', limit: 1 })],
])('a %s is repeated when the service was away', async (_, method, read) => {
  faults.add({ method, times: 1, code: 'UNAVAILABLE' });
  await read();
  expect(calls.counts()).toEqual({ [method]: 2 });
});

test.each(['PERMISSION_DENIED', 'FAILED_PRECONDITION', 'INVALID_ARGUMENT'] as const)(
  'a query that is refused with %s is not repeated',
  async (code) => {
    faults.add({ method: 'Firestore.RunQuery', times: 1, code });
    const query = documents.query({ collection: 'read', limit: 1 });
    await expect(query).rejects.toMatchObject({
      code: code.toLowerCase(),
      message: expect.stringMatching(/^Firestore\.RunQuery: /),
    });
    expect(calls.counts()).toEqual({ 'Firestore.RunQuery': 1 });
  },
);

test('what the client refuses by itself is invalid_argument and calls nobody', async () => {
  await expect(documents.get('a-collection')).rejects.toMatchObject({ code: 'invalid_argument' });
  expect(calls.counts()).toEqual({});
});

test('a version that nobody gave is refused', async () => {
  const version = 'yesterday' as Version;
  const commit = documents.commit([{ op: 'delete', path: 'a/b', version }]);
  await expect(commit).rejects.toMatchObject({ code: 'invalid_argument' });
});
