import { eventsTopic } from '../../shared/cloud/events.ts';
import type { PubSubEngine } from './engines/pubsub/engine.ts';

/** Makes the topics of events, unless they are there. What nobody has subscribed to is kept for nobody, as at Google. */
export function makeEventsTopic(pubsub: PubSubEngine, project: string): void {
  for (const id of [eventsTopic, `${eventsTopic}-dead`]) {
    const name = `projects/${project}/topics/${id}`;
    if (!pubsub.topics().includes(name)) pubsub.createTopic(name);
  }
}

/**
 * Has every event pushed to a URL of this machine from now on, those of a run in their order. Without one the subscription that an
 * earlier start has made goes, with what it had still to push.
 */
export function pushEvents(
  pubsub: PubSubEngine,
  project: string,
  endpoint: string | undefined,
): void {
  const name = `projects/${project}/subscriptions/${eventsTopic}-here`;
  const isThere = pubsub.subscriptions().some((known) => known.name === name);
  if (endpoint === undefined) {
    if (isThere) pubsub.deleteSubscription(name);
    return;
  }
  if (isThere) {
    pubsub.modifyPush(name, { endpoint });
    return;
  }
  pubsub.createSubscription({
    name,
    topic: `projects/${project}/topics/${eventsTopic}`,
    endpoint,
    ackDeadlineSeconds: 60,
    ordered: true,
    retry: { minimumSeconds: 1, maximumSeconds: 60 },
  });
}
