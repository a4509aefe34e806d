import { PubSub } from '@google-cloud/pubsub';
import type { JSONWebKeySet } from 'jose';
import { codes, EngineError, memoryStore } from '../../infra/local/engines/engine.ts';
import { createPubSubEngine } from '../../infra/local/engines/pubsub/engine.ts';
import { createIssuer } from '../../infra/local/issuer.ts';
import { deliverPushes } from '../../infra/local/push-delivery.ts';
import { startPubSubEmulator } from '../emulators/index.ts';
import { identity, type PushUnderTest, pushContract } from './push.ts';

const project = 'demo-drover';
const topicName = (id: string): string => `projects/${project}/topics/${id}`;

pushContract('local engine and delivery', async (): Promise<PushUnderTest> => {
  const store = memoryStore();
  const engine = createPubSubEngine({ now: Date.now, random: Math.random, store });
  const issuer = await createIssuer({ store, now: Date.now });
  const loop = deliverPushes({ engine, mint: issuer.mint, now: Date.now });
  return {
    project,
    quietMs: 700,
    keys: issuer.jwks() as JSONWebKeySet,
    createTopic: async (id) => engine.createTopic(topicName(id)),
    subscribe: async (id, topic, endpoint) =>
      engine.createSubscription({
        name: `projects/${project}/subscriptions/${id}`,
        topic: topicName(topic),
        endpoint,
        ackDeadlineSeconds: 10,
        retry: { minimumSeconds: 0.1, maximumSeconds: 0.5 },
        oidc: identity,
      }),
    publish: async (topic, { data, attributes }) => {
      try {
        const id = engine.publish(topicName(topic), { data: Buffer.from(data), attributes });
        loop.poke();
        return id;
      } catch (error) {
        throw error instanceof EngineError ? { ...error, code: codes[error.code] } : error;
      }
    },
    close: async () => loop.stop(),
  };
});

const emulator = await startPubSubEmulator();

if ('endpoint' in emulator) {
  pushContract(
    "Google's client and emulator",
    async (): Promise<PushUnderTest> => {
      const pubsub = new PubSub({
        projectId: project,
        apiEndpoint: emulator.endpoint,
        emulatorMode: true,
        universeDomain: 'googleapis.com',
      });
      return {
        project,
        // Its backoff begins at 1 s, whatever the subscription says.
        quietMs: 1_500,
        createTopic: async (id) => void (await pubsub.createTopic(id)),
        subscribe: async (id, topic, pushEndpoint) => {
          const { serviceAccount, audience } = identity;
          const oidcToken = { serviceAccountEmail: serviceAccount, audience };
          await pubsub.topic(topic).createSubscription(id, {
            pushConfig: { pushEndpoint, oidcToken },
            retryPolicy: {
              minimumBackoff: { seconds: 0, nanos: 100_000_000 },
              maximumBackoff: { seconds: 0, nanos: 500_000_000 },
            },
          });
        },
        publish: (topic, { data, attributes }) =>
          pubsub.topic(topic).publishMessage({ data: Buffer.from(data), attributes }),
        close: async () => {
          await pubsub.close();
          await emulator.stop();
        },
      };
    },
    {
      identity: 'skipped: the emulator sends no Authorization header',
      status202: '202 left out: a refusal to the emulator 0.8.20',
    },
  );
}
