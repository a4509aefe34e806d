import { setTimeout as sleep } from 'node:timers/promises';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../../infra/local/engines/firestore/index.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { firestoreService } from '../../infra/local/wire/firestore/index.ts';
import { serve } from '../../infra/local/wire/server.ts';
import { clients } from '../../shared/cloud/clients.ts';
import { firestoreDocuments } from '../../shared/cloud/documents.ts';
import { cloudPorts } from '../../shared/cloud/index.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { publish } from '../../shared/projects/publish.ts';
import { createReleases } from '../../shared/projects/release.ts';
import { startFirestoreEmulator } from '../emulators/index.ts';
import { projectOf } from '../project.ts';
import { cloudSettings } from '../sim/place.ts';
import { createInstants, type Stage } from './stage.ts';

/** A Firestore on this machine that Google's client talks to. */
export interface Wire {
  /** A stage beside others: many histories go on at once, each with runs and keys of its own. */
  stage(name: string): Stage;
  close(): Promise<void>;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** The local cloud's Firestore, on a port of its own. */
export async function localWire(): Promise<Wire> {
  const context = { now: Date.now, random: Math.random, store: memoryStore() };
  const engine = createFirestoreEngine(context, { project: cloudSettings.project });
  const observers = { calls: callCounter(), faults: faultTable() };
  const server = await serve([firestoreService(engine)], 0, observers);
  return wireTo(`127.0.0.1:${server.port}`, () => server.close());
}

/** Google's Firestore emulator; or why there is none on this machine. */
export async function emulatorWire(): Promise<Wire | { missing: string }> {
  const emulator = await startFirestoreEmulator();
  return 'missing' in emulator ? emulator : wireTo(emulator.endpoint, () => emulator.stop());
}

/** Two clients, as two instances have them; the runs of a history are divided among them. */
async function wireTo(endpoint: string, close: () => Promise<void>): Promise<Wire> {
  const settings = { ...cloudSettings, endpoint };
  const instances = [clients(settings), clients(settings)] as const;
  const [first, second] = instances.map(
    ({ firestore }): Ports => ({
      ...cloudPorts(settings, silent),
      documents: firestoreDocuments(firestore),
    }),
  );
  if (!first || !second) throw new Error('two instances');
  await publish(first, projectOf({ dev: {} }));
  return {
    stage: (name) => stageOn(first, second, name),
    close: async () => {
      for (const { firestore } of instances) await (await firestore()).terminate();
      await close();
    },
  };
}

function stageOn(first: Ports, second: Ports, name: string): Stage {
  const { documents } = first;
  let turn = 0;
  /** One instance after the other. */
  const either = () => {
    turn += 1;
    return turn % 2 === 0 ? documents : second.documents;
  };
  return {
    ports: {
      ...first,
      documents: {
        get: (path, tellTime) => either().get(path, tellTime),
        query: (query, tellTime) => either().query(query, tellTime),
        count: (query, tellTime) => either().count(query, tellTime),
        commit: (writes, tellTime) => either().commit(writes, tellTime),
      },
    },
    documents,
    releases: createReleases(first),
    // A run is called `<agent>-<text>`, and what follows a key's colon is free.
    nameOf: (own) => `${own}${name}`,
    instant: createInstants(Date.now),
    pass: async (ms) => void (await sleep(ms)),
    later: (act) =>
      void sleep(Math.ceil(Math.random() * 20))
        .then(act)
        .catch(() => {}),
    play: async (work) => void (await work),
  };
}
