import { afterAll, describe, expect, test } from 'vitest';
import type { Google } from '../../infra/gcloud/google.ts';
import { refusalOfApi } from '../../infra/gcloud/refusals.ts';
import { restDocuments } from '../../infra/rest/documents.ts';
import { startFirestoreEmulator } from '../emulators/index.ts';
import type { Bench } from './documents.ts';
import { commitContract } from './documents-commit.ts';
import { limitsContract } from './documents-limits.ts';
import { queryContract } from './documents-query.ts';
import { racesContract } from './documents-races.ts';
import { timeContract } from './documents-time.ts';

const emulator = await startFirestoreEmulator();
afterAll(() => ('stop' in emulator ? emulator.stop() : undefined));

/** The REST API of the emulator, as whoever may do everything there. */
function googleAt(endpoint: string): Google {
  return {
    gcloud: () => Promise.reject(new Error('nothing is asked of gcloud')),
    api: async (method, url, body) => {
      const reached = url.replace('https://firestore.googleapis.com', `http://${endpoint}`);
      const answer = await fetch(reached, {
        method,
        headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw refusalOfApi(answer.status, text, `${method} ${url}`);
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}

describe.skipIf('missing' in emulator)('documents by the REST API of Google’s emulator', () => {
  let collections = 0;
  const bench: Bench = {
    documents: restDocuments(
      googleAt('endpoint' in emulator ? emulator.endpoint : ''),
      'demo-rest',
    ),
    collection: () => {
      collections += 1;
      return `things${collections}`;
    },
  };

  describe('commit', () => commitContract(bench));
  describe('query', () => queryContract(bench));
  describe('races', () => racesContract(bench));
  describe('limits', () => limitsContract(bench));
  describe('time', () => timeContract(bench));

  test.each([
    null,
    true,
    7,
    -0.5,
    2 ** 53,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    'text with a "quote" and 💬',
    new Date('2026-01-02T03:04:05.678Z'),
    new Uint8Array([0, 255, 128]),
    ['a', 1, { b: [] }],
    { 'a.b': { '`c`': '' } },
  ])('%s comes back as it was written', async (value) => {
    const path = `${bench.collection()}/one`;
    await bench.documents.commit([{ op: 'create', path, data: { value, 'odd.name': value } }]);
    expect((await bench.documents.get(path))?.data).toStrictEqual({ value, 'odd.name': value });
  });
});
