import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createSecretsEngine } from '../../infra/local/engines/secrets/index.ts';
import { inProcessSecrets } from '../../infra/local/in-process/secrets.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { secretsService } from '../../infra/local/wire/secrets.ts';
import { serve } from '../../infra/local/wire/server.ts';
import { clients } from '../../shared/cloud/clients.ts';
import { secretManagerSecrets } from '../../shared/cloud/secrets.ts';
import { secretsContract } from './secrets.ts';
import type { TestClock } from './tasks.ts';

const project = 'demo';
const engine = (now: () => number) =>
  createSecretsEngine({ now, random: Math.random, store: memoryStore() }, { project });

let virtual = Date.parse('2026-01-01T00:00:00Z');
const virtualClock: TestClock = {
  now: () => virtual,
  pass: async () => {
    virtual += 100;
  },
};

secretsContract('in process', virtualClock, async () => ({
  secrets: inProcessSecrets(engine(virtualClock.now)),
  close: async () => {},
}));

const realClock: TestClock = {
  now: Date.now,
  pass: () => new Promise((done) => setTimeout(done, 5)),
};

secretsContract('the local cloud, over the wire', realClock, async () => {
  const service = secretsService(engine(realClock.now));
  const server = await serve([service], 0, { calls: callCounter(), faults: faultTable() });
  const settings = {
    project,
    region: 'europe-west1',
    endpoint: `127.0.0.1:${server.port}`,
    targets: { dispatch: { queue: 'dispatch', url: '' }, poll: { queue: 'poll', url: '' } },
    tasksServiceAccount: '',
  };
  const { secrets } = clients(settings);
  return {
    secrets: secretManagerSecrets(secrets, settings),
    close: async () => {
      await (await secrets()).close();
      await server.close();
    },
  };
});
