import { afterAll, describe } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../../infra/local/engines/firestore/index.ts';
import { inProcessDocuments } from '../../infra/local/in-process/documents.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { firestoreService } from '../../infra/local/wire/firestore/index.ts';
import { serve } from '../../infra/local/wire/server.ts';
import { clients } from '../../shared/cloud/clients.ts';
import { firestoreDocuments } from '../../shared/cloud/documents.ts';
import { startFirestoreEmulator } from '../emulators/index.ts';
import { documentsContract, type Subject } from './documents.ts';

const emulator = await startFirestoreEmulator();
afterAll(() => ('stop' in emulator ? emulator.stop() : undefined));

const engine = () =>
  createFirestoreEngine(
    { now: Date.now, random: Math.random, store: memoryStore() },
    { project: 'demo-contract' },
  );

async function adapterAt(endpoint: string, close: () => Promise<void>): Promise<Subject> {
  const { firestore } = clients({
    project: 'demo-contract',
    endpoint,
  });
  return {
    documents: firestoreDocuments(firestore),
    close: async () => {
      await (await firestore()).terminate();
      await close();
    },
  };
}

describe('documents in process', () => {
  documentsContract(async () => ({
    documents: inProcessDocuments(engine()),
    close: async () => {},
  }));
});

describe('documents on the local cloud', () => {
  documentsContract(async () => {
    const observers = { calls: callCounter(), faults: faultTable() };
    const server = await serve([firestoreService(engine())], 0, observers);
    return adapterAt(`127.0.0.1:${server.port}`, () => server.close());
  });
});

describe.skipIf('missing' in emulator)('documents on Google’s emulator', () => {
  documentsContract(async () => {
    if ('missing' in emulator) throw new Error(emulator.missing);
    return adapterAt(emulator.endpoint, async () => {});
  });
});
