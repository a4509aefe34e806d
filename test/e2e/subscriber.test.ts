import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { deliveryHeaders, realisticDelivery } from '../bench/deliveries.ts';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';

const directory = join(repositoryRoot(), 'examples/subscriber');
let drover: TestDrover;
let subscriber: ChildProcess;
let url = '';
/** What the example says. */
const lines: string[] = [];

beforeAll(async () => {
  subscriber = spawn(process.execPath, ['subscriber.js'], {
    cwd: directory,
    env: { PATH: process.env.PATH, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!subscriber.stdout) throw new Error('the example says nothing');
  createInterface({ input: subscriber.stdout }).on('line', (line) => void lines.push(line));
  drover = await startDrover({ project: projectOf({ triage: {} }) });
  const listening = await eventually(async () => lines.shift());
  url = `http://127.0.0.1:${listening.split(' ').at(-1)}/`;
});

afterAll(async () => {
  await drover.close();
  subscriber.kill();
  await once(subscriber, 'exit');
});

/** Pushes to the example what Pub/Sub would; answers with the status. */
async function push(event: object | string): Promise<number> {
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  const data = Buffer.from(text).toString('base64');
  const { status } = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ message: { data } }),
  });
  return status;
}

describe('the example of a subscriber', () => {
  it('hears what happens to a run, over the wire, each event once and in its order', async () => {
    const pubsub = new PubSub({
      projectId: 'drover-test',
      apiEndpoint: drover.cloud.endpoint,
      emulatorMode: true,
      universeDomain: 'googleapis.com',
    });
    await pubsub.topic('drover-events').createSubscription('example', {
      pushConfig: { pushEndpoint: url },
      enableMessageOrdering: true,
      deadLetterPolicy: {
        deadLetterTopic: 'projects/drover-test/topics/drover-events-dead',
        maxDeliveryAttempts: 10,
      },
    });
    await pubsub.close();
    const delivery = realisticDelivery(drover.signingSecret);
    const answer = await fetch(`${drover.base}/webhooks/github`, {
      method: 'POST',
      headers: deliveryHeaders(delivery, 'told'),
      body: delivery.body,
    });
    const { runs } = (await answer.json()) as { runs: { [agent: string]: string } };
    const { triage: run = '' } = runs;
    const of = (): string[] => lines.filter((line) => line.startsWith(`${run} `));
    await eventually(async () => of().length >= 4);
    expect(of().map((line) => line.split(':')[0])).toEqual([
      `${run} 0 admit`,
      `${run} 1 launch`,
      `${run} 2 start`,
      `${run} 3 succeed`,
    ]);
    await eventually(async () => {
      const found = await drover.cloud.documents.get<{ dueAt: Date | null }>(`runs/${run}`);
      return found?.data.dueAt === null;
    });
    expect(await drover.cloud.documents.get(`runs/${run}`)).toMatchObject({
      data: { published: 4, events: 3 },
    });
  });

  it('handles an event once, however often it comes', async () => {
    const event = {
      schema: 1,
      run: 'a-1',
      sequence: 0,
      event: 'admit',
      state: 'queued',
      why: 'so',
    };
    expect(await push(event)).toBe(204);
    expect(await push({ ...event, sequence: 1, event: 'launch' })).toBe(204);
    expect(await push(event)).toBe(204);
    expect(lines.filter((line) => line.startsWith('a-1 '))).toHaveLength(2);
  });

  it('takes what is no event as read, and refuses an event whose meaning it does not know', async () => {
    expect(await push('no JSON')).toBe(204);
    expect(await push({ schema: 2, run: 'a-2', sequence: 0 })).toBe(500);
    expect(lines.filter((line) => line.startsWith('a-2 '))).toEqual([]);
  });
});
