import { sinkFilter } from '../sink-filter.ts';
import type { LoggingEngine } from './engines/logging/engine.ts';
import type { PubSubEngine } from './engines/pubsub/engine.ts';
import type { Subscription } from './engines/pubsub/types.ts';

export interface LogSink {
  logging: LoggingEngine;
  pubsub: PubSubEngine;
  /** The subscription that pushes to the `logs` function; its topic is made too. */
  subscription: Subscription;
}

const sinkName = 'drover-logs';

/**
 * What a deployment makes once: topic, subscription and sink, with the filter of production. Called at every start: what
 * is there stays, with its undelivered messages, and pushes to where the functions listen now.
 */
export function installLogSink({ logging, pubsub, subscription }: LogSink): void {
  const { name, topic } = subscription;
  if (!pubsub.topics().includes(topic)) pubsub.createTopic(topic);
  if (pubsub.subscriptions().some((known) => known.name === name))
    pubsub.modifyPush(name, subscription);
  else pubsub.createSubscription(subscription);

  const wanted = { name: sinkName, filter: sinkFilter(logging.project), destination: topic };
  const known = logging.sinks().find((sink) => sink.name === sinkName);
  if (known?.filter === wanted.filter && known.destination === topic) return;
  if (known) logging.deleteSink(sinkName);
  logging.createSink(wanted);
}
