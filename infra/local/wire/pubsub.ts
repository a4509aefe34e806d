import { lastOf } from '../../last-of.ts';
import { EngineError } from '../engines/engine.ts';
import type { PubSubEngine } from '../engines/pubsub/engine.ts';
import type { NewMessage, Subscription } from '../engines/pubsub/types.ts';
import { definition } from './protos.ts';
import type { Message, WireService } from './server.ts';
import { millis, type WireTime } from './times.ts';

interface WireMessage {
  data: Buffer;
  attributes: { [name: string]: string };
  orderingKey: string;
}

interface WireSubscription {
  name: string;
  topic: string;
  pushConfig: {
    pushEndpoint: string;
    oidcToken: { serviceAccountEmail: string; audience: string } | null;
  } | null;
  ackDeadlineSeconds: number;
  enableMessageOrdering: boolean;
  filter: string;
  deadLetterPolicy: { deadLetterTopic: string; maxDeliveryAttempts: number } | null;
  retryPolicy: { minimumBackoff: WireTime | null; maximumBackoff: WireTime | null } | null;
}

/**
 * Publisher and Subscriber v1 on the wire: topics, publishing, and subscriptions that push. Pulling, filters, snapshots and
 * schemas are not there. `changed` is called after everything that may have given the engine something to push.
 */
export function pubsubServices(
  engine: PubSubEngine,
  { changed }: { changed(): void },
): WireService[] {
  return [
    {
      definition: definition('google.pubsub.v1.Publisher'),
      unary: {
        Publish: (request) => {
          const { topic, messages } = request as unknown as {
            topic: string;
            messages: WireMessage[];
          };
          const messageIds = engine.publishAll(topic, messages.map(newMessage));
          changed();
          return { messageIds };
        },
        CreateTopic: ({ name }) => {
          engine.createTopic(String(name));
          return { name };
        },
        GetTopic: ({ topic }) => {
          if (engine.topics().some((name) => name === topic)) return { name: topic };
          throw new EngineError('NOT_FOUND', `Resource not found (resource=${lastOf(topic)}).`);
        },
        ListTopics: ({ project }) => ({
          topics: engine
            .topics()
            .filter((name) => name.startsWith(`${project}/`))
            .map((name) => ({ name })),
        }),
      },
    },
    {
      definition: definition('google.pubsub.v1.Subscriber'),
      unary: {
        CreateSubscription: (request) => {
          engine.createSubscription(newSubscription(request as unknown as WireSubscription));
          changed();
          return request;
        },
        DeleteSubscription: ({ subscription }) => {
          engine.deleteSubscription(String(subscription));
          return {};
        },
        ListSubscriptions: ({ project }) => ({
          subscriptions: engine
            .subscriptions()
            .filter(({ name }) => name.startsWith(`${project}/`))
            .map(subscriptionMessage),
        }),
      },
    },
  ];
}

function newMessage({ data, attributes, orderingKey }: WireMessage): NewMessage {
  return { data, attributes, ...(orderingKey !== '' && { orderingKey }) };
}

/** As pubsub.proto has the defaults. */
function newSubscription(wire: WireSubscription): Subscription {
  const { pushConfig: push, deadLetterPolicy: dead, retryPolicy: retry } = wire;
  if (!push?.pushEndpoint)
    throw new EngineError('UNIMPLEMENTED', 'The local Pub/Sub has subscriptions that push only.');
  if (wire.filter !== '')
    throw new EngineError('UNIMPLEMENTED', 'The local Pub/Sub has no filters of subscriptions.');
  return {
    name: wire.name,
    topic: wire.topic,
    endpoint: push.pushEndpoint,
    ackDeadlineSeconds: wire.ackDeadlineSeconds || 10,
    ...(wire.enableMessageOrdering && { ordered: true }),
    ...(retry && {
      retry: {
        minimumSeconds: retry.minimumBackoff ? millis(retry.minimumBackoff) / 1_000 : 10,
        maximumSeconds: retry.maximumBackoff ? millis(retry.maximumBackoff) / 1_000 : 600,
      },
    }),
    ...(push.oidcToken && {
      oidc: {
        serviceAccount: push.oidcToken.serviceAccountEmail,
        ...(push.oidcToken.audience !== '' && { audience: push.oidcToken.audience }),
      },
    }),
    ...(dead?.deadLetterTopic && {
      deadLetter: {
        topic: dead.deadLetterTopic,
        maxDeliveryAttempts: dead.maxDeliveryAttempts || 5,
      },
    }),
  };
}

function subscriptionMessage(subscription: Subscription): Message {
  const { name, topic, endpoint, ackDeadlineSeconds, ordered = false } = subscription;
  return {
    name,
    topic,
    ackDeadlineSeconds,
    pushConfig: { pushEndpoint: endpoint },
    enableMessageOrdering: ordered,
  };
}
