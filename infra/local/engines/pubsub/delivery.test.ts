import { beforeEach, describe, expect, it } from 'vitest';
import type { PubSubEngine, PubSubOptions } from './engine.ts';
import { day, dead, message, refusal, setup, subscription, texts, topic } from './test-engine.ts';

describe('at least once', () => {
  it('an acknowledged message is not pushed again', () => {
    const { engine, advance, open } = setup();
    engine.createSubscription(subscription());
    engine.publish(topic, message());
    for (const push of engine.take()) engine.settle(push, true);
    advance(day);
    expect(engine.nextDue()).toBeUndefined();
    expect(engine.take()).toEqual([]);
    expect(open().take()).toEqual([]);
  });

  it('a refused message comes again, after 1, 2, 4 and 4 seconds', () => {
    const { engine, advance, now } = setup();
    engine.createSubscription(subscription());
    engine.publish(topic, message());
    const waits = [1, 2, 4, 4].map((seconds) => {
      for (const push of engine.take()) engine.settle(push, false);
      const wait = (engine.nextDue() ?? 0) - now();
      advance(seconds * 1000 - 1);
      expect(engine.take()).toEqual([]);
      advance(1);
      return wait;
    });
    expect(waits).toEqual([1000, 2000, 4000, 4000]);
    expect(texts(engine.take())).toEqual(['x']);
  });

  it('without a retry policy the first pause is a tenth of a second', () => {
    const { engine, now } = setup();
    const { retry, ...rest } = subscription();
    engine.createSubscription(rest);
    engine.publish(topic, message());
    for (const push of engine.take()) engine.settle(push, false);
    expect((engine.nextDue() ?? 0) - now()).toBe(100);
  });

  it('a message that nobody settles comes again after the deadline, and a late answer counts no more', () => {
    const { engine, advance, now, store } = setup();
    engine.createSubscription(subscription());
    engine.publish(topic, message());
    const [push] = engine.take();
    expect((engine.nextDue() ?? 0) - now()).toBe(10_000);
    advance(10_000);
    expect(engine.take()).toEqual([]);
    if (push) engine.settle(push, true);
    expect(store.entries('pubsub.messages')).toHaveLength(1);
    advance(1000);
    expect(texts(engine.take())).toEqual(['x']);
  });

  it('a restart pushes everything again that was not acknowledged', () => {
    const { engine, open } = setup();
    engine.createSubscription(subscription());
    for (const text of ['a', 'b', 'c']) engine.publish(topic, message(text));
    const [first, second] = engine.take();
    if (first) engine.settle(first, true);
    if (second) engine.settle(second, false);
    expect(texts(open().take())).toEqual(['b', 'c']);
  });

  it('a message is dropped after 7 days', () => {
    const { engine, advance, store } = setup();
    engine.createSubscription(subscription());
    engine.publish(topic, message());
    advance(7 * day + 1);
    expect(engine.take()).toEqual([]);
    expect(store.entries('pubsub.messages')).toEqual([]);
    expect(engine.nextDue()).toBeUndefined();
  });
});

describe('slow start', () => {
  const slow: PubSubOptions = { window: { initial: 1, max: 8 } };
  const settleAll = (engine: PubSubEngine, ok: boolean): number => {
    const pushes = engine.take();
    for (const push of pushes) engine.settle(push, ok);
    return pushes.length;
  };

  it('begins with one push, doubles with every success up to a limit, and halves with every failure', () => {
    const { engine } = setup(slow);
    engine.createSubscription(subscription());
    for (let count = 0; count < 40; count += 1) engine.publish(topic, message());
    expect(settleAll(engine, true)).toBe(1);
    expect(settleAll(engine, true)).toBe(2);
    expect(settleAll(engine, true)).toBe(8);
    const [first, second, ...others] = engine.take();
    for (const push of [first, second]) if (push) engine.settle(push, false);
    expect(others).toHaveLength(6);
    expect(engine.take()).toEqual([]);
    for (const push of others.slice(0, 5)) engine.settle(push, false);
    expect(engine.take()).toEqual([]);
    for (const push of others.slice(5)) engine.settle(push, true);
    expect(engine.take()).toHaveLength(2);
  });

  it('one subscription that refuses slows no other one', () => {
    const { engine } = setup(slow);
    const good = 'projects/demo/subscriptions/good';
    engine.createSubscription(subscription());
    engine.createSubscription(subscription({ name: good }));
    for (let count = 0; count < 40; count += 1) engine.publish(topic, message());
    let pushed = 0;
    for (let turn = 0; turn < 10; turn += 1) {
      for (const push of engine.take()) {
        if (push.subscription === good) pushed += 1;
        engine.settle(push, push.subscription === good);
      }
    }
    expect(pushed).toBe(40);
  });
});

describe('dead letters', () => {
  it('after the last attempt a message goes to the dead-letter topic, saying whence it came', () => {
    const { engine, advance, store } = setup();
    engine.createTopic(dead);
    engine.createSubscription(
      subscription({ deadLetter: { topic: dead, maxDeliveryAttempts: 5 } }),
    );
    const name = 'projects/demo/subscriptions/graveyard';
    engine.createSubscription(subscription({ name, topic: dead }));
    engine.publish(topic, { data: Buffer.from('bad'), attributes: { a: 'b' } });
    const attempts: (number | undefined)[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      for (const push of engine.take()) {
        attempts.push(push.deliveryAttempt);
        engine.settle(push, false);
      }
      advance(4000);
    }
    expect(attempts).toEqual([1, 2, 3, 4, 5]);
    const pushes = engine.take();
    expect(texts(pushes)).toEqual(['bad']);
    expect(pushes[0]?.subscription).toBe(name);
    expect(pushes[0]?.message.attributes).toEqual({
      a: 'b',
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
      CloudPubSubDeadLetterSourceSubscription: 'logs-push',
      CloudPubSubDeadLetterSourceSubscriptionProject: 'demo',
      CloudPubSubDeadLetterSourceTopicPublishTime: '2026-11-21T10:00:00.000Z',
    });
    for (const push of pushes) engine.settle(push, true);
    expect(store.entries('pubsub.messages')).toEqual([]);
  });
});

describe('misbehaviour', () => {
  it('pushes the told share of messages twice', () => {
    const { engine, draw } = setup();
    engine.createSubscription(subscription());
    engine.misbehave({ duplicate: 0.5 });
    draw(0.4);
    engine.publish(topic, message('twice'));
    draw(0.6);
    engine.publish(topic, message('once'));
    const pushes = engine.take();
    for (const push of pushes) engine.settle(push, true);
    expect(texts(pushes).sort()).toEqual(['once', 'twice', 'twice']);
    expect(engine.take()).toEqual([]);
  });

  it('loses the told share of messages', () => {
    const { engine, draw } = setup();
    engine.createSubscription(subscription());
    engine.misbehave({ forget: 0.5 });
    draw(0.4);
    engine.publish(topic, message('lost'));
    draw(0.6);
    engine.publish(topic, message('kept'));
    expect(texts(engine.take())).toEqual(['kept']);
  });

  it('delays messages, and puts them in another order', () => {
    const { engine, draw, advance } = setup();
    engine.createSubscription(subscription());
    engine.misbehave({ delayMs: 1000 });
    draw(0.9, 0.1, 0.5);
    for (const text of ['a', 'b', 'c']) engine.publish(topic, message(text));
    expect(engine.take()).toEqual([]);
    advance(500);
    expect(texts(engine.take())).toEqual(['b', 'c']);
    engine.misbehave({ reorder: true });
    for (const text of ['d', 'e']) engine.publish(topic, message(text));
    advance(500);
    draw(0.5, 0.9, 0);
    expect(texts(engine.take())).toEqual(['e', 'a', 'd']);
    engine.misbehave({});
    engine.publish(topic, message('f'));
    expect(texts(engine.take())).toEqual(['f']);
  });
});

describe('order', () => {
  const ordered = (): PubSubEngine => {
    const { engine } = world;
    engine.createSubscription(subscription({ ordered: true }));
    return engine;
  };
  const keyed = (text: string, orderingKey: string) => ({ ...message(text), orderingKey });
  let world: ReturnType<typeof setup>;
  beforeEach(() => {
    world = setup();
  });

  it('messages of a key are pushed one after the other, each when the one before was acknowledged', () => {
    const engine = ordered();
    engine.publishAll(topic, [keyed('a', 'k'), keyed('b', 'k'), keyed('c', 'k')]);
    for (const text of ['a', 'b', 'c']) {
      const pushes = engine.take();
      expect(texts(pushes)).toEqual([text]);
      expect(engine.take()).toEqual([]);
      for (const push of pushes) engine.settle(push, true);
    }
    expect(engine.nextDue()).toBeUndefined();
  });

  it('a message that is refused holds those of its key, and no others', () => {
    const engine = ordered();
    engine.publishAll(topic, [keyed('a', 'k'), keyed('b', 'k'), keyed('x', 'l'), message('free')]);
    const [first, ...others] = engine.take();
    expect(texts(first ? [first, ...others] : [])).toEqual(['a', 'x', 'free']);
    if (first) engine.settle(first, false);
    for (const push of others) engine.settle(push, true);
    expect(engine.take()).toEqual([]);
    expect((engine.nextDue() ?? 0) - world.now()).toBe(1000);
    world.advance(1000);
    const again = engine.take();
    expect(texts(again)).toEqual(['a']);
    for (const push of again) engine.settle(push, true);
    expect(texts(engine.take())).toEqual(['b']);
  });

  it('without it a subscription takes them as they come', () => {
    const { engine } = world;
    engine.createSubscription(subscription());
    engine.publishAll(topic, [keyed('a', 'k'), keyed('b', 'k')]);
    expect(texts(engine.take())).toEqual(['a', 'b']);
  });

  it('a request is taken as a whole or not at all, and has 1 to 1,000 messages', () => {
    const engine = ordered();
    const long = 'k'.repeat(1_025);
    expect(refusal(() => engine.publishAll(topic, []))).toBe('INVALID_ARGUMENT');
    expect(refusal(() => engine.publishAll(topic, Array(1_001).fill(message())))).toBe(
      'INVALID_ARGUMENT',
    );
    expect(refusal(() => engine.publishAll(topic, [message(), keyed('b', long)]))).toBe(
      'INVALID_ARGUMENT',
    );
    const large = { data: Buffer.alloc(6_000_000), attributes: {} };
    expect(refusal(() => engine.publishAll(topic, [large, large]))).toBe('INVALID_ARGUMENT');
    expect(engine.take()).toEqual([]);
  });
});
