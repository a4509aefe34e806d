import { describe, expect, it } from 'vitest';
import { dead, message, refusal, setup, subscription, texts, topic } from './test-engine.ts';
import type { NewMessage, Subscription } from './types.ts';

describe('topics and subscriptions', () => {
  it('a name is taken once', () => {
    const { engine } = setup();
    engine.createSubscription(subscription());
    expect(refusal(() => engine.createTopic(topic))).toBe('ALREADY_EXISTS');
    expect(refusal(() => engine.createSubscription(subscription()))).toBe('ALREADY_EXISTS');
  });

  it.each<[string, Partial<Subscription>, string]>([
    ['a topic that is missing', { topic: 'projects/demo/topics/none' }, 'NOT_FOUND'],
    [
      'a dead-letter topic that is missing',
      { deadLetter: { topic: dead, maxDeliveryAttempts: 5 } },
      'NOT_FOUND',
    ],
    ['four attempts', { deadLetter: { topic, maxDeliveryAttempts: 4 } }, 'INVALID_ARGUMENT'],
    ['a name without its project', { name: 'logs-push' }, 'INVALID_ARGUMENT'],
    ['a name of two letters', { name: 'projects/demo/subscriptions/ab' }, 'INVALID_ARGUMENT'],
    ["Google's own names", { name: 'projects/demo/subscriptions/goog1' }, 'INVALID_ARGUMENT'],
    ['a deadline of 9 s', { ackDeadlineSeconds: 9 }, 'INVALID_ARGUMENT'],
    ['a deadline of 601 s', { ackDeadlineSeconds: 601 }, 'INVALID_ARGUMENT'],
    ['no URL', { endpoint: 'logs' }, 'INVALID_ARGUMENT'],
    ['a URL elsewhere', { endpoint: 'https://example.com/logs' }, 'UNIMPLEMENTED'],
    [
      'a maximum backoff below the minimum',
      { retry: { minimumSeconds: 10, maximumSeconds: 9 } },
      'INVALID_ARGUMENT',
    ],
    ['no account', { oidc: { serviceAccount: 'me' } }, 'INVALID_ARGUMENT'],
  ])('%s: %3$s', (_, changes, expected) => {
    const { engine } = setup();
    expect(refusal(() => engine.createSubscription(subscription(changes)))).toBe(expected);
    expect(engine.subscriptions()).toEqual([]);
  });

  it('a subscription gets what is published after it was made', () => {
    const { engine } = setup();
    engine.publish(topic, message('before'));
    engine.createSubscription(subscription());
    engine.publish(topic, message('after'));
    expect(texts(engine.take())).toEqual(['after']);
  });

  it('pushes elsewhere, and as somebody else, from when it is told', () => {
    const { engine, open } = setup();
    const oidc = { serviceAccount: 'a@b.c' };
    engine.createSubscription(subscription({ oidc }));
    engine.publish(topic, message());
    const { name } = subscription();
    const endpoint = 'http://127.0.0.1:9090/logs';
    engine.modifyPush(name, { endpoint, oidc });
    const [push] = engine.take();
    expect(push).toMatchObject({ endpoint, oidc: { serviceAccount: 'a@b.c', audience: endpoint } });
    engine.modifyPush(name, { endpoint });
    expect(open().subscriptions()).toEqual([subscription({ endpoint })]);
    expect(refusal(() => engine.modifyPush('projects/demo/subscriptions/none', { endpoint }))).toBe(
      'NOT_FOUND',
    );
  });
});

describe('publishing', () => {
  it.each<[string, NewMessage, string]>([
    ['nothing', { data: Buffer.alloc(0), attributes: {} }, 'INVALID_ARGUMENT'],
    ['an attribute alone', { data: Buffer.alloc(0), attributes: { a: '' } }, 'accepted'],
    ['over 10 MB', { data: Buffer.alloc(10_000_001), attributes: {} }, 'INVALID_ARGUMENT'],
    [
      '101 attributes',
      {
        data: Buffer.alloc(0),
        attributes: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`a${n}`, ''])),
      },
      'INVALID_ARGUMENT',
    ],
    [
      'a value of over 1 KiB',
      { data: Buffer.alloc(0), attributes: { a: 'x'.repeat(1025) } },
      'INVALID_ARGUMENT',
    ],
  ])('%s: %3$s', (_, published, expected) => {
    const { engine } = setup();
    expect(refusal(() => engine.publish(topic, published))).toBe(expected);
  });

  it('to a topic that does not exist is refused', () => {
    const { engine } = setup();
    expect(refusal(() => engine.publish(dead, message()))).toBe('NOT_FOUND');
    expect(refusal(() => engine.publish('logs', message()))).toBe('INVALID_ARGUMENT');
  });

  it('gives growing ids that no earlier message had, also after a restart', () => {
    const { engine, open } = setup();
    engine.createSubscription(subscription());
    const ids = [1, 2, 3].map(() => engine.publish(topic, message()));
    ids.push(open().publish(topic, message()));
    expect(ids.map(Number)).toEqual(ids.map(Number).sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(4);
  });

  it('writes one row, and its acknowledgement removes it', () => {
    const { engine, store } = setup();
    engine.createSubscription(subscription());
    engine.createSubscription(subscription({ name: 'projects/demo/subscriptions/other' }));
    engine.publish(topic, message());
    const [first, second] = engine.take();
    expect(store.entries('pubsub.messages')).toHaveLength(1);
    if (first) engine.settle(first, true);
    expect(store.entries('pubsub.messages')).toHaveLength(1);
    if (second) engine.settle(second, true);
    expect(store.entries('pubsub.messages')).toHaveLength(0);
  });
});
