import { type EngineContext, EngineError, type Json, type Timed } from '../engine.ts';
import { type Backlog, createBacklog, type Delivery } from './backlog.ts';
import {
  checkEndpoint,
  checkMessage,
  checkMessages,
  checkName,
  checkSubscription,
} from './check.ts';
import { backoffMs, copies, deadMessage, pushOf, tooOld } from './delivery.ts';
import { openMessages } from './messages.ts';
import type { Misbehaviour, NewMessage, Push, PushWindow, Subscription } from './types.ts';

export interface PubSubOptions {
  /** Default: one push at first, and 64 at most. */
  window?: PushWindow;
}

/** Topics, and the push side of Pub/Sub: at least once, in no promised order. */
export interface PubSubEngine extends Timed<Push> {
  /** `projects/<project>/topics/<id>`. Throws ALREADY_EXISTS, INVALID_ARGUMENT. */
  createTopic(name: string): void;
  topics(): string[];
  /** Throws ALREADY_EXISTS, INVALID_ARGUMENT, and NOT_FOUND for its topics. */
  createSubscription(subscription: Subscription): void;
  subscriptions(): Subscription[];
  /** With everything that it had still to push. Throws NOT_FOUND. */
  deleteSubscription(name: string): void;
  /** Pushes elsewhere from now on, under another identity. Throws NOT_FOUND, INVALID_ARGUMENT. */
  modifyPush(name: string, push: Pick<Subscription, 'endpoint' | 'oidc'>): void;
  /** Answers with the message's id. Throws NOT_FOUND, INVALID_ARGUMENT. */
  publish(topic: string, message: NewMessage): string;
  /** The same for several messages: all of them, or none. At least one and at most 1,000 (Pub/Sub quotas page). */
  publishAll(topic: string, messages: readonly NewMessage[]): string[];
  /** The endpoint acknowledged a push, or refused it. Ignored when its deadline has passed. */
  settle(push: Push, ok: boolean): void;
  /** Replaces what was told before; `{}` ends it. */
  misbehave(how: Misbehaviour): void;
}

const topicTable = 'pubsub.topics';
const subscriptionTable = 'pubsub.subscriptions';

export function createPubSubEngine(
  context: EngineContext,
  options: PubSubOptions = {},
): PubSubEngine {
  const { now, random, store } = context;
  const { window = { initial: 1, max: 64 } } = options;
  const topics = new Set(store.entries(topicTable).map(([name]) => name));
  const backlogs = new Map<string, Backlog>();
  const messages = openMessages(store);
  let misbehaviour: Misbehaviour = {};

  for (const [name, row] of store.entries(subscriptionTable))
    backlogs.set(name, createBacklog(row as unknown as Subscription, window));
  for (const { message, subscription } of messages.loaded())
    backlogs.get(subscription)?.add({ message, failures: 0, due: message.publishedAt });

  const requireTopic = (name: string): void => {
    checkName('topics', name);
    if (!topics.has(name)) throw notFound(name);
  };
  const requireSubscription = (name: string): Backlog => {
    const backlog = backlogs.get(name);
    if (!backlog) throw notFound(name);
    return backlog;
  };
  const saveSubscription = (subscription: Subscription): void =>
    store.put(subscriptionTable, subscription.name, subscription as unknown as Json);

  const publish = (topic: string, { data, ...rest }: NewMessage): string => {
    requireTopic(topic);
    checkMessage({ data, ...rest });
    const time = Math.floor(now());
    const id = messages.nextId(time);
    const message = { id, data: data.toString('base64'), publishedAt: time, ...rest };
    const targets = [...backlogs.values()]
      .filter(({ subscription }) => subscription.topic === topic)
      .map((backlog) => ({ backlog, copies: copies(misbehaviour, random) }))
      .filter((target) => target.copies > 0);
    if (targets.length > 0)
      messages.add(
        message,
        targets.map(({ backlog }) => backlog.subscription.name),
      );
    for (const target of targets) {
      for (let copy = 0; copy < target.copies; copy += 1) {
        const due = time + Math.floor(random() * (misbehaviour.delayMs ?? 0));
        target.backlog.add({ message, failures: 0, due });
      }
    }
    return id;
  };

  const fail = (backlog: Backlog, delivery: Delivery): void => {
    const { subscription } = backlog;
    const { deadLetter } = subscription;
    const { message } = delivery;
    const failures = delivery.failures + 1;
    if (deadLetter && failures >= deadLetter.maxDeliveryAttempts) {
      publish(deadLetter.topic, deadMessage(subscription, { ...delivery, failures }));
      messages.acknowledge(subscription.name, message.id);
    } else {
      backlog.add({ message, failures, due: now() + backoffMs(subscription, failures) });
    }
  };

  const start = (backlog: Backlog, pick: (count: number) => number): Push[] => {
    const { subscription } = backlog;
    const { started, expired } = backlog.take(now(), pick);
    for (const delivery of expired) fail(backlog, delivery);
    return started.flatMap(({ id, delivery }) => {
      if (!tooOld(delivery, now())) return [pushOf(subscription, id, delivery)];
      backlog.settle(id, true);
      messages.acknowledge(subscription.name, delivery.message.id);
      return [];
    });
  };

  return {
    createTopic: (name) => {
      checkName('topics', name);
      if (topics.has(name)) throw alreadyExists(name);
      topics.add(name);
      store.put(topicTable, name, {});
    },
    topics: () => [...topics],
    createSubscription: (subscription) => {
      checkSubscription(subscription);
      if (backlogs.has(subscription.name)) throw alreadyExists(subscription.name);
      requireTopic(subscription.topic);
      if (subscription.deadLetter) requireTopic(subscription.deadLetter.topic);
      backlogs.set(subscription.name, createBacklog({ ...subscription }, window));
      saveSubscription(subscription);
    },
    subscriptions: () => [...backlogs.values()].map(({ subscription }) => ({ ...subscription })),
    deleteSubscription: (name) => {
      requireSubscription(name);
      backlogs.delete(name);
      store.delete(subscriptionTable, name);
      messages.forget(name);
    },
    modifyPush: (name, { endpoint, oidc }) => {
      const { subscription } = requireSubscription(name);
      checkEndpoint(endpoint);
      subscription.endpoint = endpoint;
      if (oidc) subscription.oidc = oidc;
      else delete subscription.oidc;
      saveSubscription(subscription);
    },
    publish,
    publishAll: (topic, all) => {
      requireTopic(topic);
      checkMessages(all);
      return all.map((message) => publish(topic, message));
    },
    nextDue: () => {
      const due = Math.min(Infinity, ...[...backlogs.values()].map((each) => each.nextDue()));
      return due === Infinity ? undefined : due;
    },
    take: () => {
      const pick = (count: number): number =>
        misbehaviour.reorder ? Math.floor(random() * count) : 0;
      return [...backlogs.values()].flatMap((backlog) => start(backlog, pick));
    },
    settle: ({ id, subscription }, ok) => {
      // It may have been deleted with a push in flight.
      const backlog = backlogs.get(subscription);
      const delivery = backlog?.settle(id, ok);
      if (!backlog || !delivery) return;
      if (ok) messages.acknowledge(subscription, delivery.message.id);
      else fail(backlog, delivery);
    },
    misbehave: (how) => {
      misbehaviour = how;
    },
  };
}

function notFound(name: string): EngineError {
  return new EngineError('NOT_FOUND', `Resource not found (resource=${shortName(name)}).`);
}

function alreadyExists(name: string): EngineError {
  return new EngineError(
    'ALREADY_EXISTS',
    `Resource already exists in the project (resource=${shortName(name)}).`,
  );
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
