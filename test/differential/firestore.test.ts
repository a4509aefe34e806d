import type { Firestore } from '@google-cloud/firestore';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../../infra/local/engines/firestore/index.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { firestoreService } from '../../infra/local/wire/firestore/index.ts';
import { serve, type WireServer } from '../../infra/local/wire/server.ts';
import { clients } from '../../shared/cloud/clients.ts';
import { startFirestoreEmulator } from '../emulators/index.ts';
import { alike, type Difference, type Outcome } from './outcome.ts';
import { query, runQuery } from './queries.ts';
import { batch, committer } from './writes.ts';

/** How many batches (of two writes on average) and how many queries; more of them for a longer run. */
const rounds = Number(process.env.DROVER_DIFFERENTIAL_ROUNDS ?? 300);
const seed = Number(process.env.DROVER_DIFFERENTIAL_SEED ?? 20261121);
const batches = Math.ceil(rounds / 2);

const emulator = await startFirestoreEmulator();
afterAll(() => ('stop' in emulator ? emulator.stop() : undefined));

/**
 * Not generated, and so not compared: two writes of one document in a commit (Google refuses most pairs), and aggregation
 * over a projection.
 *
 * One seeded history of operations, done by the unmodified client on Google's emulator and on the local cloud.
 */
describe.skipIf('missing' in emulator)(
  `the local Firestore answers as Google’s does (seed ${seed})`,
  { timeout: 20_000 + rounds * 200 },
  () => {
    let server: WireServer;
    let google: Firestore;
    let local: Firestore;

    beforeAll(async () => {
      if ('missing' in emulator) throw new Error(emulator.missing);
      const engine = createFirestoreEngine(
        { now: Date.now, random: Math.random, store: memoryStore() },
        { project: 'demo-differential' },
      );
      const observers = { calls: callCounter(), faults: faultTable() };
      server = await serve([firestoreService(engine)], 0, observers);
      google = await clientAt(emulator.endpoint);
      local = await clientAt(`127.0.0.1:${server.port}`);
    });

    afterAll(async () => {
      await Promise.all([google, local].map((firestore) => firestore.terminate()));
      await server.close();
    });

    test('writes with preconditions and transforms, in batches', async () => {
      const [onGoogle, onLocal] = [committer(google), committer(local)];
      const { differences, accepted } = await compare(
        fc.sample(batch, { numRuns: batches, seed }),
        (described) => Promise.all([onGoogle(described), onLocal(described)]),
        ({ result }) => result,
      );
      expect(differences).toEqual([]);
      expect(accepted / batches).toBeGreaterThan(0.4);
    });

    test('queries with filters, orders, cursors, limits and aggregations', async () => {
      const { differences, accepted } = await compare(
        fc.sample(query, { numRuns: rounds, seed }),
        (described) => Promise.all([runQuery(google, described), runQuery(local, described)]),
        (result) => result,
      );
      expect(differences).toEqual([]);
      expect(accepted / rounds).toBeGreaterThan(0.4);
    });
  },
);

/** Does each operation on both, in order. Answers with the first differences. */
async function compare<Described, Answer>(
  operations: readonly Described[],
  both: (described: Described) => Promise<[google: Answer, local: Answer]>,
  outcomeOf: (answer: Answer) => Outcome,
): Promise<{ differences: Difference<Described, Answer>[]; accepted: number }> {
  const differences: Difference<Described, Answer>[] = [];
  let accepted = 0;
  for (const described of operations) {
    const [google, local] = await both(described);
    if ('answer' in outcomeOf(google)) accepted += 1;
    if (alike(google, local)) continue;
    differences.push({ described, google, local });
    // What follows a difference in the data differs as well.
    if (differences.length === 5) break;
  }
  return { differences, accepted };
}

function clientAt(endpoint: string): Promise<Firestore> {
  return clients({
    project: 'demo-differential',
    endpoint,
  }).firestore();
}
