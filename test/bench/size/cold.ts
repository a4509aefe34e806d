import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '../../../infra/local/repository.ts';
import { type FunctionName, functionNames, functionVariables } from '../../../infra/resources.ts';
import { deliveryHeaders, realisticDelivery } from '../deliveries.ts';
import { place, signingSecret } from '../host/options.ts';
import { freePorts, type Host, startHost } from '../host/start.ts';
import type { Row } from '../rows.ts';
import { median } from '../statistics.ts';

const repetitions = 5;
const patienceMs = 20_000;

/** A new `webhook` process until its first delivery is accepted, beside one that loads every client first (D16). */
export async function coldStartRows(): Promise<Row[]> {
  const host = await startHost({ floor: false });
  try {
    const lazy: number[] = [];
    const eager: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      lazy.push(await firstAnswerMs(host, `lazy-${repetition}`, []));
      eager.push(await firstAnswerMs(host, `eager-${repetition}`, ['--import', eagerModule]));
    }
    const ratios = lazy.map((ms, index) => ms / (eager[index] ?? Number.NaN));
    return [
      { name: 'webhook, spawn → first 200', value: median(lazy), unit: 'ms' },
      { name: 'with every client loaded first', value: median(eager), unit: 'ms' },
      { name: 'webhook, of the time with every client', value: median(ratios), unit: '×' },
    ];
  } finally {
    await host.stop();
  }
}

const eagerModule = new URL('./eager.js', import.meta.url).href;

async function firstAnswerMs(host: Host, deliveryId: string, flags: string[]): Promise<number> {
  const [port = 0] = await freePorts(1);
  const urls = Object.fromEntries(
    functionNames.map((name) => [name, `http://127.0.0.1:${host.port}/${name}`]),
  );
  const framework = 'node_modules/@google-cloud/functions-framework/build/src/main.js';
  const spawned = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...flags,
      join(repositoryRoot(), framework),
      '--target=webhook',
      `--port=${port}`,
      `--source=${fileURLToPath(new URL('../../../functions/index.js', import.meta.url))}`,
    ],
    {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH ?? '',
        NODE_ENV: 'production',
        FUNCTION_TARGET: 'webhook',
        ...functionVariables(place, urls as { [name in FunctionName]: string }),
        DROVER_CLOUD_ENDPOINT: host.endpoint,
      },
    },
  );
  try {
    await accepted(`http://127.0.0.1:${port}/webhooks/github`, deliveryId);
    return performance.now() - spawned;
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/** Sends the delivery until somebody listens and says 200. */
async function accepted(url: string, deliveryId: string): Promise<void> {
  const delivery = realisticDelivery(Buffer.from(signingSecret));
  const headers = deliveryHeaders(delivery, deliveryId);
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const answer = await fetch(url, { method: 'POST', headers, body: delivery.body }).catch(
      () => undefined,
    );
    if (answer?.status === 200) return;
    if (answer) throw new Error(`the new webhook answered ${answer.status}`);
    if (performance.now() > giveUpAt) throw new Error('the new webhook did not answer');
    await sleep(3);
  }
}
