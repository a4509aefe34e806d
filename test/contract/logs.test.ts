import { afterEach } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import {
  createLoggingEngine,
  type LoggingEngine,
} from '../../infra/local/engines/logging/engine.ts';
import { inProcessLogs } from '../../infra/local/in-process/logs.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { loggingService } from '../../infra/local/wire/logging.ts';
import { serve } from '../../infra/local/wire/server.ts';
import { clients } from '../../shared/cloud/clients.ts';
import { cloudLogs } from '../../shared/cloud/logs.ts';
import type { CloudSettings } from '../../shared/cloud/settings.ts';
import { type LogsUnderTest, logsContract } from './logs.ts';

const project = 'demo-drover';
const settings: CloudSettings = {
  project,
  region: 'europe-west1',
  targets: { dispatch: { queue: 'dispatch', url: '' }, poll: { queue: 'poll', url: '' } },
  tasksServiceAccount: '',
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function engineUnderTest(): { engine: LoggingEngine; rest: Omit<LogsUnderTest, 'logs'> } {
  const context = { now: Date.now, random: Math.random, store: memoryStore() };
  const engine = createLoggingEngine(context, { project });
  const write: LogsUnderTest['write'] = (entries) => {
    for (const entry of entries) engine.write(entry);
  };
  return { engine, rest: { project, now: Date.now, write } };
}

logsContract('local engine in process', async () => {
  const { engine, rest } = engineUnderTest();
  return { ...rest, logs: inProcessLogs(engine, settings) };
});

logsContract("Google's client and the local server", async () => {
  const { engine, rest } = engineUnderTest();
  const observers = { calls: callCounter(), faults: faultTable() };
  const server = await serve([loggingService(engine)], 0, observers);
  const endpoint = `127.0.0.1:${server.port}`;
  const { logging } = clients({ ...settings, endpoint });
  closers.push(async () => {
    await (await logging()).loggingService.close();
    await server.close();
  });
  return { ...rest, logs: cloudLogs(logging, { ...settings, endpoint }) };
});
