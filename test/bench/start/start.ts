import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clients } from '../../../shared/cloud/clients.ts';
import { firestoreDocuments } from '../../../shared/cloud/documents.ts';
import { post } from '../ack/load.ts';
import { realisticDelivery } from '../deliveries.ts';
import { cloudSettings, signingSecret } from '../host/options.ts';
import { startHost } from '../host/start.ts';
import type { Row } from '../rows.ts';
import { percentile } from '../statistics.ts';

const runs = 40;
/** The first ones meet clients that are not loaded yet. */
const warmUps = 3;
/** How long a run may take from its delivery to the end of its cleaning, in ms. */
const patienceMs = 20_000;

/** How long after its 200 a delivery's process executes its first instruction, one run at a time. */
export async function startRows(): Promise<Row[]> {
  const host = await startHost({ floor: false });
  try {
    const documents = firestoreDocuments(clients(cloudSettings(host.endpoint, '')).firestore);
    const delivery = realisticDelivery(Buffer.from(signingSecret));
    const socket = connect(host.port, '127.0.0.1');
    const waits: number[] = [];
    for (let run = 0; run < warmUps + runs; run += 1) {
      const answer = await post(socket, '/webhooks/github', `start-${run}`, delivery);
      const answered = Date.now();
      const { bench } = (JSON.parse(answer) as { runs: { bench: string } }).runs;
      const file = join(host.starts, `drover-${bench}`);
      const started = await until(async () => statSync(file, { throwIfNoEntry: false })?.mtimeMs);
      if (run >= warmUps) waits.push(started - answered);
      await until(async () => {
        const found = await documents.get<{ cleanedAt: string | null }>(`runs/${bench}`);
        return found?.data.cleanedAt ?? undefined;
      });
    }
    socket.destroy();
    const note = `${runs} runs, one at a time; the file system's clock is exact to 4 ms`;
    return [
      { name: '200 → first instruction, p50', value: percentile(waits, 0.5), unit: 'ms', note },
      { name: '200 → first instruction, p99', value: percentile(waits, 0.99), unit: 'ms' },
    ];
  } finally {
    await host.stop();
  }
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > giveUpAt) throw new Error(`not so within ${patienceMs} ms`);
    await sleep(20);
  }
}
