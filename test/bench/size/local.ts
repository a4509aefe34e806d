import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { clients } from '../../../shared/cloud/clients.ts';
import { firestoreDocuments } from '../../../shared/cloud/documents.ts';
import { post } from '../ack/load.ts';
import { realisticDelivery } from '../deliveries.ts';
import { cloudSettings, signingSecret } from '../host/options.ts';
import { startLocalCloud } from '../local-cloud.ts';
import type { Row } from '../rows.ts';

/** How long all runs may take, in ms. */
const patienceMs = 300_000;

/** How soon the local cloud is up, how much memory it takes, and what `runs` whole runs add. */
export async function localCloudRows(runs: number): Promise<Row[]> {
  const { child, port, upMs, stop } = await startLocalCloud({ queue: 2 * runs });
  try {
    await sleep(500);
    const idle = memoryOf(child);
    const begun = performance.now();
    await runAll(port, runs);
    const tookMs = performance.now() - begun;
    await sleep(1_000);
    return [
      { name: 'npm start, spawn → up', value: upMs, unit: 'ms', note: 'without npm and tsc' },
      { name: 'local cloud and functions, after start', value: idle, unit: 'MB RSS' },
      {
        name: 'local cloud and functions, after the runs',
        value: memoryOf(child),
        unit: 'MB RSS',
        note: `${runs} runs; all clients loaded, every delivery, run and log line still there`,
      },
      {
        name: 'a burst, each run',
        value: tookMs / runs,
        unit: 'ms',
        note: `${runs} deliveries as fast as they are taken, scale 8, a program that does nothing; until the last is cleaned up`,
      },
    ];
  } finally {
    await stop();
  }
}

async function runAll(port: number, runs: number): Promise<void> {
  const delivery = realisticDelivery(Buffer.from(signingSecret));
  const sockets = Array.from({ length: 8 }, () => connect(port, '127.0.0.1'));
  let sent = 0;
  await Promise.all(
    sockets.map(async (socket) => {
      while (sent < runs) {
        sent += 1;
        await post(socket, '/webhooks/github', `run-${sent}`, delivery);
      }
      socket.destroy();
    }),
  );
  await allOver(port);
}

/** Asks the functions' Firestore whether any run is still to be cleaned up. */
async function allOver(port: number): Promise<void> {
  const settings = {
    ...cloudSettings(`127.0.0.1:${port + 2}`, ''),
    project: 'drover-local',
  };
  const documents = firestoreDocuments(clients(settings).firestore);
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const open = await documents.query({
      collection: 'runs',
      where: [['dueAt', '>', new Date(0)]],
      orderBy: [['dueAt', 'asc']],
      limit: 1,
    });
    if (open.length === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`the runs took over ${patienceMs} ms`);
    await sleep(250);
  }
}

/** Resident memory in MB. */
function memoryOf({ pid }: ChildProcess): number {
  try {
    const kB = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (kB !== undefined) return Number(kB) / 1_024;
  } catch {
    // No /proc here.
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1_024;
}
