import type { Delivery } from './backlog.ts';
import type { Misbehaviour, NewMessage, Push, Subscription } from './types.ts';

/** After this time a message is dropped (pubsub.proto, `message_retention_duration`). */
const retentionMs = 7 * 24 * 3600 * 1000;

/** Whether nobody may expect the message any more. */
export function tooOld({ message }: Delivery, now: number): boolean {
  return now - message.publishedAt > retentionMs;
}

/** How Pub/Sub backs off from an endpoint of a subscription without a retry policy, in s (Pub/Sub push page). */
const pushBackoff = { minimumSeconds: 0.1, maximumSeconds: 60 };

/** How long to wait after the failure with this number, in ms: twice as long each time. */
export function backoffMs({ retry = pushBackoff }: Subscription, failures: number): number {
  return 1000 * Math.min(retry.maximumSeconds, retry.minimumSeconds * 2 ** (failures - 1));
}

/** How often a message is pushed when nobody refuses it: once, unless told otherwise. */
export function copies(misbehaviour: Misbehaviour, random: () => number): number {
  const { forget = 0, duplicate = 0 } = misbehaviour;
  if (forget > 0 && random() < forget) return 0;
  return duplicate > 0 && random() < duplicate ? 2 : 1;
}

export function pushOf(subscription: Subscription, id: string, delivery: Delivery): Push {
  const { name, endpoint, ackDeadlineSeconds, oidc, deadLetter } = subscription;
  return {
    id,
    subscription: name,
    endpoint,
    ackDeadlineSeconds,
    message: delivery.message,
    ...(oidc
      ? { oidc: { serviceAccount: oidc.serviceAccount, audience: oidc.audience ?? endpoint } }
      : {}),
    ...(deadLetter ? { deliveryAttempt: delivery.failures + 1 } : {}),
  };
}

/** The message as it goes to the dead-letter topic (Pub/Sub dead-letter topics page). */
export function deadMessage(subscription: Subscription, delivery: Delivery): NewMessage {
  const { message, failures } = delivery;
  const [, project = '', , id = ''] = subscription.name.split('/');
  return {
    data: Buffer.from(message.data, 'base64'),
    attributes: {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(failures),
      CloudPubSubDeadLetterSourceSubscription: id,
      CloudPubSubDeadLetterSourceSubscriptionProject: project,
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(message.publishedAt).toISOString(),
    },
    ...(message.orderingKey === undefined ? {} : { orderingKey: message.orderingKey }),
  };
}
