import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFileStore } from '../../infra/local/file-store.ts';
import type { AgentState } from '../../shared/agents/state.ts';
import type { Call } from '../../shared/calls/call.ts';
import { clients } from '../../shared/cloud/clients.ts';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import type { Lock } from '../../shared/locks/lock.ts';
import type { Data, Document, Ports } from '../../shared/ports/index.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { runResource } from '../../shared/runs/labels.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import { cloudOf } from '../e2e/cloud.ts';
import { isAlive } from '../e2e/program.ts';
import { agentNames } from './agents.ts';
import { type Container, readRecords } from './records.ts';
import type { Sent } from './send.ts';

/** A journal entry, and when it was committed: µs since the epoch by Firestore's clock, different for each commit. */
export interface Entry {
  id: string;
  data: RunJournalEntry;
  at: number;
}

/** A run with its whole journal. */
export interface Told {
  id: string;
  data: Run;
  journal: Entry[];
}

/** All that is known when everything is quiet, from each of those who know it. */
export interface Evidence {
  /** From the sender. */
  sent: readonly Sent[];
  /** From Firestore. */
  runs: ReadonlyMap<string, Told>;
  deliveries: ReadonlyMap<string, Delivery>;
  calls: ReadonlyMap<string, Call>;
  locks: readonly Lock[];
  states: ReadonlyMap<string, AgentState>;
  current: Current | undefined;
  /** Names of jobs and secrets of runs that Cloud Run and Secret Manager still have. */
  jobs: readonly string[];
  secrets: readonly string[];
  /** From the executor: the execution of each process that it started, in order. */
  started: readonly string[];
  /** From the machine, while the local cloud is still there: directories of containers, and containers whose process lives. */
  directories: readonly string[];
  alive: readonly string[];
  /** From the containers. */
  containers: readonly Container[];
}

/** What Firestore, Cloud Run and Secret Manager know, through Google's own clients. */
export type CloudEvidence = Omit<Evidence, 'sent' | keyof MachineEvidence | keyof Records>;

/** What is left on the machine. */
export type MachineEvidence = Pick<Evidence, 'directories' | 'alive'>;

/** What the executor and the containers wrote down. */
export type Records = Pick<Evidence, 'started' | 'containers'>;

/** Most documents of a collection that a soak makes. */
const most = 20_000;
/** Journals that are read at the same time. */
const atOnce = 16;

export async function readCloud(port: number): Promise<CloudEvidence> {
  const { documents, jobs, secrets } = cloudOf(port);
  const [runs, deliveries, calls, locks, states, current, jobsLeft, secretsLeft] =
    await Promise.all([
      documents.query<Run>({ collection: 'runs', limit: most }),
      documents.query<Delivery>({ collection: 'deliveries', limit: most }),
      documents.query<Call>({ collection: 'calls', limit: most }),
      documents.query<Lock>({ collection: 'locks', limit: most }),
      Promise.all(agentNames.map((name) => documents.get<AgentState>(`agents/${name}`))),
      documents.get<Current>(currentPath),
      jobs.list(runResource),
      secrets.list(runResource),
    ]);
  return {
    runs: await withJournals(port, runs),
    deliveries: byId(deliveries),
    calls: byId(calls),
    locks: locks.map(({ data }) => data),
    states: byId(states.flatMap((state) => state ?? [])),
    current: current?.data,
    jobs: jobsLeft.map(({ id }) => id),
    secrets: secretsLeft.map(({ id }) => id),
  };
}

/** What is left on the machine. The local cloud ends and removes everything as it stops: it must not have been told to. */
export function readMachine(state: string, records: string): MachineEvidence {
  const alive = readRecords(records).filter(({ pid }) => isAlive(pid));
  return {
    directories: readdirSync(join(state, 'executions')),
    alive: alive.map(({ execution }) => execution),
  };
}

/** What lies on the disk of the machine, once the local cloud has stopped. */
export function readDisk(state: string, records: string): Records {
  const store = createFileStore(join(state, 'cloud.jsonl'));
  const started = store
    .entries('executor.started')
    .map(([, row]) => (row as { execution: string }).execution.split('/').at(-1) ?? '');
  store.close();
  return { started, containers: readRecords(records) };
}

/** How many runs there are, and how many of them are not cleaned up yet. */
export async function countRuns({
  documents,
}: Pick<Ports, 'documents'>): Promise<{ all: number; open: number }> {
  const collection = 'runs';
  const [all, open] = await Promise.all([
    documents.count({ collection, limit: most }),
    documents.count({ collection, where: [['cleanedAt', '==', null]], limit: most }),
  ]);
  return { all, open };
}

function byId<T extends Data>(documents: readonly Document<T>[]): Map<string, T> {
  return new Map(documents.map(({ id, data }) => [id, data]));
}

async function withJournals(
  port: number,
  runs: readonly Document<Run>[],
): Promise<Map<string, Told>> {
  const endpoint = `127.0.0.1:${port + 2}`;
  const firestore = await clients({ project: 'drover-local', endpoint }).firestore();
  const told = new Map<string, Told>();
  const waiting = [...runs];
  const read = async (): Promise<void> => {
    for (let run = waiting.pop(); run; run = waiting.pop()) {
      const { docs } = await firestore.collection(`runs/${run.id}/events`).get();
      const journal = docs.map((entry) => {
        const { seconds, nanoseconds } = entry.createTime;
        const at = seconds * 1e6 + nanoseconds / 1e3;
        return { id: entry.id, data: plain(entry.data()) as RunJournalEntry, at };
      });
      told.set(run.id, { id: run.id, data: run.data, journal });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, read));
  await firestore.terminate();
  return told;
}

/** What the client reads, with its timestamps as dates. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('toDate' in value && typeof value.toDate === 'function') return value.toDate();
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
