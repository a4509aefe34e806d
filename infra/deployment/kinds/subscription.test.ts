import { describe, expect, it } from 'vitest';
import type { Subscription } from '../resource.ts';
import { subscriptionKind as kind } from './subscription.ts';
import { deployment, told, typed } from './test-kind.ts';

const url = 'https://logs.test';
const wanted: Subscription = {
  kind: 'subscription',
  id: 'drover-logs',
  why: '',
  topic: 'drover-logs',
  ackDeadlineSeconds: 60,
  retentionSeconds: 86_400,
  push: { url, serviceAccount: 'drover-pubsub@a.test', audience: url },
  retry: { minimumSeconds: 1, maximumSeconds: 60 },
  deadLetter: { topic: 'drover-logs-dead', maxDeliveryAttempts: 20 },
  needs: [],
};
const found = {
  name: 'projects/acme-drover/subscriptions/drover-logs',
  topic: 'projects/acme-drover/topics/drover-logs',
  labels: { drover: 'deployment' },
  ackDeadlineSeconds: 60,
  messageRetentionDuration: '86400s',
  expirationPolicy: {},
  pushConfig: {
    pushEndpoint: url,
    oidcToken: { serviceAccountEmail: 'drover-pubsub@a.test', audience: url },
    attributes: { 'x-goog-version': 'v1' },
  },
  retryPolicy: { minimumBackoff: '1s', maximumBackoff: '60s' },
  deadLetterPolicy: {
    deadLetterTopic: 'projects/acme-drover/topics/drover-logs-dead',
    maxDeliveryAttempts: 20,
  },
  state: 'ACTIVE',
};
const plain: Subscription = {
  ...wanted,
  id: 'drover-logs-dead',
  retentionSeconds: 604_800,
  push: null,
  retry: null,
  deadLetter: null,
};

describe('a subscription', () => {
  it('is as it should be right after it was made, pushing or not', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
    const { topic, labels, ackDeadlineSeconds, expirationPolicy } = found;
    const dead = { topic, labels, ackDeadlineSeconds, expirationPolicy, pushConfig: {} };
    expect(kind.compare(deployment, plain, dead)).toEqual([]);
  });

  it('that would expire is told not to', () => {
    const expiring = { ...found, expirationPolicy: { ttl: '2678400s' } };
    expect(told(kind.compare(deployment, wanted, expiring))).toEqual(['expires: 2678400s > never']);
    expect(kind.update(deployment, wanted, expiring)?.map(typed)).toEqual([
      expect.stringContaining('--expiration-period=never'),
    ]);
  });

  it('that pushes and should not is stopped', () => {
    expect(kind.update(deployment, { ...plain, id: 'drover-logs' }, found)?.map(typed)).toEqual([
      expect.stringMatching(/--push-endpoint= --clear-retry-policy --clear-dead-letter-policy$/),
    ]);
  });

  it('whose topic was deleted is made anew', () => {
    const orphan = { ...found, topic: '_deleted-topic_' };
    expect(told(kind.compare(deployment, wanted, orphan))).toEqual([
      'topic: _deleted-topic_ > drover-logs',
    ]);
    expect(kind.update(deployment, wanted, orphan)).toBeUndefined();
  });
});
