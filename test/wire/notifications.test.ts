import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import type { Run } from '../../shared/runs/run.ts';
import { deliveryHeaders, realisticDelivery } from '../bench/deliveries.ts';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';

let drover: TestDrover | undefined;
let server: Server | undefined;
afterAll(async () => {
  await drover?.close();
  server?.closeAllConnections();
  server?.close();
});

test('a failed run is told over the wire, again where the receiver was busy, and its address is in no document', async () => {
  const posts: string[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posts.push(`${request.url} ${body}`);
      response.writeHead(posts.length === 1 ? 503 : 200).end();
    });
  });
  server = receiver;
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;

  drover = await startDrover({
    project: {
      ...projectOf({ flaky: {} }),
      notifications: { instance: 'ops', about: ['failure'] },
    },
    credentials: { 'slack_webhook:ops': { url: `http://127.0.0.1:${port}/very-secret\n` } },
    program: () => ({ file: '/bin/false', directory: tmpdir() }),
    tickMs: 2_000,
  });
  const delivery = realisticDelivery(drover.signingSecret);
  const headers = deliveryHeaders(delivery, 'fails');
  const url = `${drover.base}/webhooks/github`;
  const answer = await fetch(url, { method: 'POST', headers, body: delivery.body });
  const { runs } = (await answer.json()) as { runs: { flaky: string } };
  const { documents } = drover.cloud;
  const read = async (): Promise<Run | undefined> =>
    (await documents.get<Run>(`runs/${runs.flaky}`))?.data;

  await eventually(async () => (await read())?.notice?.error != null);
  expect(await read()).toMatchObject({
    notice: { state: 'due', attempts: 1, error: 'the receiver answered 503' },
  });
  // Its time comes, as it does after a minute.
  const past = new Date(0);
  const notice = { ...(await read())?.notice, nextAt: past };
  await documents.commit([
    { op: 'update', path: `runs/${runs.flaky}`, fields: { notice, dueAt: past } },
  ]);
  await eventually(async () => (await read())?.notice?.state === 'sent');
  expect(posts).toHaveLength(2);
  expect(posts[1]).toBe(posts[0]);
  expect(posts[0]).toMatch(
    /^\/very-secret \{"text":":x: flaky failed: its container exited with 1/,
  );
  await eventually(async () => (await read())?.dueAt === null);
  expect(JSON.stringify(await read())).not.toContain('very-secret');
});
