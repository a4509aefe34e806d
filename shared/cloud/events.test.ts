import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createPubSubEngine } from '../../infra/local/engines/pubsub/engine.ts';
import { makeEventsTopic } from '../../infra/local/events-topic.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { pubsubServices } from '../../infra/local/wire/pubsub.ts';
import { serve, type WireServer } from '../../infra/local/wire/server.ts';
import type { Events } from '../ports/index.ts';
import { clients } from './clients.ts';
import { pubsubEvents } from './events.ts';

const project = 'demo';
const region = 'europe-west1';
const calls = callCounter();
const faults = faultTable();
let server: WireServer;
let events: Events;
let close: () => Promise<void>;

beforeAll(async () => {
  const context = { now: Date.now, random: Math.random, store: memoryStore() };
  const engine = createPubSubEngine(context);
  makeEventsTopic(engine, project);
  server = await serve(pubsubServices(engine, { changed: () => {} }), 0, { calls, faults });
  const { publisher } = clients({ project, region, endpoint: `127.0.0.1:${server.port}` });
  events = pubsubEvents(publisher, { project });
  close = async () => (await publisher()).close();
});
afterAll(async () => {
  await close();
  await server.close();
});
beforeEach(() => {
  faults.clear();
  calls.reset();
});

const publish = () => events.publish('run-1', [{ data: '{}', attributes: {} }]);

describe('the client that publishes events', () => {
  it('calls Pub/Sub in the region of the functions, where messages keep their order', async () => {
    const { publisher } = clients({ project, region });
    const client = await publisher();
    // What the getter says is the default of the universe, and not what was chosen.
    expect(Reflect.get(client, '_opts')).toMatchObject({
      servicePath: 'europe-west1-pubsub.googleapis.com',
    });
    await client.close();
  });

  it.each([
    ['UNAVAILABLE', 'unavailable'],
    ['RESOURCE_EXHAUSTED', 'resource_exhausted'],
    ['PERMISSION_DENIED', 'permission_denied'],
  ] as const)('makes a request once, and says what became of it: %s', async (code, said) => {
    faults.add({ method: 'Publisher.Publish', times: 2, code });
    await expect(publish()).rejects.toMatchObject({ code: said });
    expect(calls.counts()['Publisher.Publish']).toBe(1);
  });

  it('gives up a request that has no answer after five seconds', async () => {
    faults.add({ method: 'Publisher.Publish', times: 1, delayMs: 20_000 });
    await expect(publish()).rejects.toMatchObject({ code: 'deadline_exceeded' });
    faults.clear();
    await expect(publish()).resolves.toBeUndefined();
  }, 15_000);
});
