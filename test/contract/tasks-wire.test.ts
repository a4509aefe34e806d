import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createTasksEngine } from '../../infra/local/engines/tasks/index.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { serve, type WireServer } from '../../infra/local/wire/server.ts';
import { tasksService } from '../../infra/local/wire/tasks.ts';
import { type Clients, clients } from '../../shared/cloud/clients.ts';

type Client = Awaited<ReturnType<Clients['tasks']>>;
type Task = NonNullable<Parameters<Client['createTask']>[0]>['task'] & object;

const parent = 'projects/demo/locations/europe-west1';
const queue = `${parent}/queues/wire`;

describe('Cloud Tasks over the wire, by the unmodified client', () => {
  let client: Client;
  let server: WireServer;
  let changes = 0;
  const engine = createTasksEngine(
    { now: Date.now, random: Math.random, store: memoryStore() },
    { queues: [] },
  );

  beforeAll(async () => {
    const changed = () => {
      changes += 1;
    };
    server = await serve([tasksService(engine, { changed })], 0, {
      calls: callCounter(),
      faults: faultTable(),
    });
    client = await clients({
      project: 'demo',
      endpoint: `127.0.0.1:${server.port}`,
    }).tasks();
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  const task = (more: Task = {}): Task => ({
    httpRequest: { url: 'http://127.0.0.1:9/', body: Buffer.from([0, 255]) },
    scheduleTime: { seconds: Math.floor(Date.now() / 1000) + 3_600 },
    ...more,
  });

  it('makes, changes, pauses, resumes and lists a queue', async () => {
    const [made] = await client.createQueue({
      parent,
      queue: { name: queue, retryConfig: { minBackoff: { nanos: 250_000_000 }, maxAttempts: -1 } },
    });
    expect(made).toMatchObject({
      state: 'RUNNING',
      rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
      retryConfig: { maxAttempts: -1, minBackoff: { nanos: 250_000_000 }, maxDoublings: 16 },
    });
    const [changed] = await client.updateQueue({
      queue: { name: queue, rateLimits: { maxDispatchesPerSecond: 5 } },
      updateMask: { paths: ['rate_limits.max_dispatches_per_second'] },
    });
    expect(changed).toMatchObject({
      rateLimits: { maxDispatchesPerSecond: 5, maxBurstSize: 10 },
      retryConfig: { maxAttempts: -1 },
    });
    expect((await client.pauseQueue({ name: queue }))[0].state).toBe('PAUSED');
    expect((await client.resumeQueue({ name: queue }))[0].state).toBe('RUNNING');
    const [listed] = await client.listQueues({ parent });
    expect(listed.map(({ name }) => name)).toEqual([queue]);
  });

  it('shows a body in the full view only', async () => {
    const name = `${queue}/tasks/viewed`;
    const [basic] = await client.createTask({ parent: queue, task: task({ name }) });
    expect(basic).toMatchObject({ name, view: 'BASIC', dispatchCount: 0 });
    expect(basic.httpRequest?.body).toHaveLength(0);
    expect(basic.dispatchDeadline).toMatchObject({ seconds: '600' });
    const [full] = await client.getTask({ name, responseView: 'FULL' });
    expect(full.httpRequest?.body).toEqual(Buffer.from([0, 255]));
    const [listed] = await client.listTasks({ parent: queue });
    expect(listed.map((found) => found.name)).toEqual([name]);
    await client.deleteTask({ name });
    await expect(client.getTask({ name })).rejects.toMatchObject({ code: 5 });
    await expect(client.createTask({ parent: queue, task: task({ name }) })).rejects.toMatchObject({
      code: 6,
    });
  });

  it('tells of the attempts of a task', async () => {
    const name = `${queue}/tasks/attempted`;
    await client.createTask({ parent: queue, task: task({ name, scheduleTime: null }) });
    const [attempt] = engine.take();
    if (attempt) engine.settle(attempt, { status: 503 });
    const [found] = await client.getTask({ name });
    expect(found).toMatchObject({
      dispatchCount: 1,
      responseCount: 1,
      lastAttempt: { responseStatus: { code: 14, message: 'HTTP status code 503' } },
    });
    expect(found.firstAttempt?.dispatchTime).toEqual(found.lastAttempt?.dispatchTime);
  });

  it('pokes the deliveries after a task, a resumed queue and a changed queue', async () => {
    const poked = async (call: () => Promise<unknown>): Promise<boolean> => {
      const before = changes;
      await call();
      return changes > before;
    };
    expect(await poked(() => client.createTask({ parent: queue, task: task() }))).toBe(true);
    expect(await poked(() => client.resumeQueue({ name: queue }))).toBe(true);
    expect(await poked(() => client.updateQueue({ queue: { name: queue } }))).toBe(true);
    expect(await poked(() => client.getQueue({ name: queue }))).toBe(false);
  });

  it('purges a queue', async () => {
    const [purged] = await client.purgeQueue({ name: queue });
    expect(purged.purgeTime).not.toBeNull();
    expect((await client.listTasks({ parent: queue }))[0]).toEqual([]);
  });

  it('refuses what it does not have, instead of doing something else', async () => {
    const unimplemented = { code: 12 };
    const url = 'https://target/';
    const oauthToken = { serviceAccountEmail: 'a@b' };
    for (const message of [
      { appEngineHttpRequest: { relativeUri: '/' } },
      { httpRequest: { url, oauthToken } },
    ]) {
      await expect(client.createTask({ parent: queue, task: message })).rejects.toMatchObject(
        unimplemented,
      );
    }
    await expect(client.runTask({ name: `${queue}/tasks/a` })).rejects.toMatchObject(unimplemented);
    const paths = ['state'];
    await expect(
      client.updateQueue({ queue: { name: queue }, updateMask: { paths } }),
    ).rejects.toMatchObject({ code: 3 });
    await expect(client.createTask({ parent: queue, task: {} })).rejects.toMatchObject({ code: 3 });
  });
});
