import { type Message, PubSub } from '@google-cloud/pubsub';
import { afterAll } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createPubSubEngine, type PubSubEngine } from '../../infra/local/engines/pubsub/engine.ts';
import { makeEventsTopic } from '../../infra/local/events-topic.ts';
import { inProcessEvents } from '../../infra/local/in-process/events.ts';
import { deliverPushes } from '../../infra/local/push-delivery.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { pubsubServices } from '../../infra/local/wire/pubsub.ts';
import { serve } from '../../infra/local/wire/server.ts';
import { clients } from '../../shared/cloud/clients.ts';
import { eventsTopic, pubsubEvents } from '../../shared/cloud/events.ts';
import { startPubSubEmulator } from '../emulators/index.ts';
import { type EventsUnderTest, eventsContract, type Received } from './events.ts';
import { createReceiver } from './tasks-receiver.ts';

const project = 'demo-drover';
const nowhere = { project: 'demo-nowhere' };
const settings = { region: 'here' };

/** A local Pub/Sub, and an endpoint that a subscription pushes to in order. */
async function subscribed(
  subscribe: (engine: PubSubEngine, endpoint: string, changed: () => void) => Promise<void>,
) {
  const store = memoryStore();
  const engine = createPubSubEngine({ now: Date.now, random: Math.random, store });
  makeEventsTopic(engine, project);
  const loop = deliverPushes({ engine, mint: async () => '', now: Date.now });
  const receiver = await createReceiver(Date.now);
  await subscribe(engine, receiver.url, loop.poke);
  return {
    engine,
    changed: loop.poke,
    received: (): Received[] => receiver.received.map(({ body }) => pushed(body)),
    close: async () => {
      loop.stop();
      await receiver.close();
    },
  };
}

function pushed(body: string): Received {
  const { message } = JSON.parse(body) as {
    message: { data: string; attributes: { [name: string]: string }; orderingKey: string };
  };
  const { attributes, orderingKey } = message;
  return { data: Buffer.from(message.data, 'base64').toString(), attributes, orderingKey };
}

eventsContract('local engine in process', async (): Promise<EventsUnderTest> => {
  const { engine, changed, received, close } = await subscribed(async (made, endpoint) =>
    made.createSubscription({
      name: `projects/${project}/subscriptions/all`,
      topic: `projects/${project}/topics/${eventsTopic}`,
      endpoint,
      ackDeadlineSeconds: 10,
      ordered: true,
    }),
  );
  return {
    events: inProcessEvents(engine, { project }, { changed }),
    nowhere: inProcessEvents(engine, nowhere, { changed }),
    received,
    close,
  };
});

eventsContract("Google's client and the local server", async (): Promise<EventsUnderTest> => {
  let endpoint = '';
  let closeServer = async (): Promise<void> => {};
  const { received, close } = await subscribed(async (engine, pushEndpoint, changed) => {
    const server = await serve(pubsubServices(engine, { changed }), 0, {
      calls: callCounter(),
      faults: faultTable(),
    });
    endpoint = `127.0.0.1:${server.port}`;
    closeServer = server.close;
    const pubsub = new PubSub({
      projectId: project,
      apiEndpoint: endpoint,
      emulatorMode: true,
      universeDomain: 'googleapis.com',
    });
    await pubsub.topic(eventsTopic).createSubscription('all', {
      pushConfig: { pushEndpoint },
      enableMessageOrdering: true,
    });
    await pubsub.close();
  });
  const { publisher } = clients({ ...settings, project, endpoint });
  return {
    events: pubsubEvents(publisher, { project }),
    nowhere: pubsubEvents(publisher, nowhere),
    received,
    close: async () => {
      await (await publisher()).close();
      await close();
      await closeServer();
    },
  };
});

const emulator = await startPubSubEmulator();
let opened = 0;

if ('endpoint' in emulator) {
  const { endpoint } = emulator;
  afterAll(() => emulator.stop());
  eventsContract(
    "Google's client and emulator",
    async (): Promise<EventsUnderTest> => {
      // Each test has a project of its own: the topic has the same name in all of them.
      opened += 1;
      const own = `${project}-${opened}`;
      const pubsub = new PubSub({
        projectId: own,
        apiEndpoint: endpoint,
        emulatorMode: true,
        universeDomain: 'googleapis.com',
      });
      await pubsub.createTopic(eventsTopic);
      const [subscription] = await pubsub
        .topic(eventsTopic)
        .createSubscription('all', { enableMessageOrdering: true });
      const received: Received[] = [];
      subscription.on('message', (message: Message) => {
        const { data, attributes, orderingKey = '' } = message;
        received.push({ data: data.toString(), attributes, orderingKey });
        message.ack();
      });
      const { publisher } = clients({ ...settings, project: own, endpoint });
      return {
        events: pubsubEvents(publisher, { project: own }),
        nowhere: pubsubEvents(publisher, nowhere),
        received: () => received,
        close: async () => {
          await subscription.close();
          await pubsub.close();
          await (await publisher()).close();
        },
      };
    },
    { limits: 'left out: the emulator 0.8.20 takes attributes of any length' },
  );
}
