import type { JSONWebKeySet } from 'jose';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createTasksEngine } from '../../infra/local/engines/tasks/index.ts';
import { inProcessTasks } from '../../infra/local/in-process/tasks.ts';
import { createIssuer } from '../../infra/local/issuer.ts';
import type { Loop } from '../../infra/local/loop.ts';
import { deliverTasks } from '../../infra/local/task-delivery.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { serve } from '../../infra/local/wire/server.ts';
import { tasksService } from '../../infra/local/wire/tasks.ts';
import { clients } from '../../shared/cloud/clients.ts';
import type { CloudSettings } from '../../shared/cloud/settings.ts';
import { cloudTasks } from '../../shared/cloud/tasks.ts';
import { type TasksSetup, type TestClock, tasksContract } from './tasks.ts';

/** One key for all tests: making one takes longer than a test. */
const keyStore = memoryStore();

/** The part that both setups share: an engine with its deliveries. */
async function cloud(
  now: () => number,
  { project, region }: CloudSettings,
  config: Parameters<TasksSetup>[1],
) {
  const name = `projects/${project}/locations/${region}/queues/dispatch`;
  const engine = createTasksEngine(
    { now, random: Math.random, store: memoryStore() },
    { queues: [{ name, ...config }] },
  );
  const issuer = await createIssuer({ store: keyStore, now });
  const loop = deliverTasks({ engine, issuer, now });
  return { engine, loop, issuer: issuer.issuer, keys: issuer.jwks() as JSONWebKeySet };
}

const turn = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

let virtual = Date.parse('2026-01-01T00:00:00Z');
let running: Loop | undefined;
const virtualClock: TestClock = {
  now: () => virtual,
  pass: async () => {
    await turn(2);
    virtual += 20;
    running?.poke();
  },
};

tasksContract('in process', virtualClock, async (settings, config) => {
  const { engine, loop, issuer, keys } = await cloud(virtualClock.now, settings, config);
  running = loop;
  return {
    tasks: inProcessTasks(engine, settings, { changed: loop.poke }),
    issuer,
    keys,
    close: async () => loop.stop(),
  };
});

const realClock: TestClock = { now: Date.now, pass: () => turn(5) };

tasksContract('the local cloud, over the wire', realClock, async (settings, config) => {
  const { engine, loop, issuer, keys } = await cloud(realClock.now, settings, config);
  const service = tasksService(engine, { changed: loop.poke });
  const server = await serve([service], 0, { calls: callCounter(), faults: faultTable() });
  const wired = { ...settings, endpoint: `127.0.0.1:${server.port}` };
  const { tasks } = clients(wired);
  return {
    tasks: cloudTasks(tasks, wired),
    issuer,
    keys,
    close: async () => {
      await (await tasks()).close();
      loop.stop();
      await server.close();
    },
  };
});
