import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from './engines/engine.ts';
import { createTasksEngine, type Outcome, type TasksEngine } from './engines/tasks/index.ts';
import { createIssuer } from './issuer.ts';
import type { Loop } from './loop.ts';
import { deliverTasks } from './task-delivery.ts';

const queue = 'projects/demo/locations/europe-west1/queues/wake';

describe('delivery of tasks', () => {
  let server: Server;
  let url: string;
  let answer: RequestListener;
  let engine: TasksEngine;
  let loop: Loop;
  let settled: Promise<Outcome>;

  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const store = memoryStore();
    const made = createTasksEngine(
      { now: Date.now, random: Math.random, store },
      { queues: [{ name: queue, minBackoffMs: 60_000 }] },
    );
    let report: (outcome: Outcome) => void;
    settled = new Promise((resolve) => {
      report = resolve;
    });
    engine = {
      ...made,
      // The deadlines that Cloud Tasks allows are too long to wait for in a test.
      take: () => made.take().map((attempt) => ({ ...attempt, deadlineMs: 200 })),
      settle: (attempt, outcome) => {
        made.settle(attempt, outcome);
        report(outcome);
      },
    };
    loop = deliverTasks({
      engine,
      issuer: await createIssuer({ store, now: Date.now }),
      now: Date.now,
    });
  });
  afterEach(async () => {
    loop.stop();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const deliver = (): Promise<Outcome> => {
    engine.createTask(queue, { url, name: `${queue}/tasks/a` });
    loop.poke();
    return settled;
  };

  it('fails when there is no answer by the deadline', async () => {
    answer = () => {};
    expect(await deliver()).toEqual({ failed: 'no answer within 200 ms' });
  });

  it('fails when the answer does not end by the deadline', async () => {
    answer = (_, response) => void response.writeHead(200).write('…');
    expect(await deliver()).toHaveProperty('failed');
  });

  it('fails when nobody listens', async () => {
    server.close();
    expect(await deliver()).toEqual({ failed: expect.stringContaining('ECONNREFUSED') });
  });

  it('does not follow a redirect', async () => {
    answer = (_, response) => void response.writeHead(302, { location: url }).end();
    expect(await deliver()).toEqual({ status: 302 });
  });

  it('reads a Retry-After that is a date', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    answer = (_, response) => void response.writeHead(503, { 'retry-after': date }).end();
    const outcome = await deliver();
    expect(outcome).toMatchObject({ status: 503, retryAfterMs: expect.any(Number) });
    expect(engine.getTask(`${queue}/tasks/a`).scheduleAt).toBeGreaterThan(Date.now() + 3_000_000);
  });

  it('goes without a token when none is asked for', async () => {
    let headers: object = {};
    answer = (request, response) => {
      headers = request.headers;
      response.end();
    };
    expect(await deliver()).toEqual({ status: 200 });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('reports nothing after it was stopped', async () => {
    const arrived = new Promise<void>((done) => {
      answer = () => done();
    });
    void deliver();
    await arrived;
    loop.stop();
    const first = await Promise.race([
      settled,
      new Promise((done) => setTimeout(() => done('silence'), 400)),
    ]);
    expect(first).toBe('silence');
    expect(engine.getTask(`${queue}/tasks/a`)).toMatchObject({ failures: 0 });
  });
});
