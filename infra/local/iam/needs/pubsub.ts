import { lastOf } from '../../../last-of.ts';
import type { Message } from '../../wire/server.ts';
import { type Need, project } from '../target.ts';
import { fromPage } from './table.ts';

const methods = 'Pub/Sub docs, "Access control with IAM": required permissions';

const onTopic = (permission: string, name: unknown): Need => ({
  permission: `pubsub.${permission}`,
  on: { kind: 'topic', id: lastOf(name) },
});

const inProject = (permission: string) => (): Need[] => [
  { permission: `pubsub.${permission}`, on: project },
];

export const pubsubNeeds = {
  ...fromPage(methods, 'Publisher', {
    Publish: ({ topic }: Message) => [onTopic('topics.publish', topic)],
    CreateTopic: inProject('topics.create'),
    GetTopic: ({ topic }: Message) => [onTopic('topics.get', topic)],
    ListTopics: inProject('topics.list'),
  }),
  ...fromPage(methods, 'Subscriber', {
    CreateSubscription: ({ topic }: Message) => [
      { permission: 'pubsub.subscriptions.create', on: project },
      onTopic('topics.attachSubscription', topic),
    ],
    DeleteSubscription: ({ subscription }: Message) => [
      {
        permission: 'pubsub.subscriptions.delete',
        on: { kind: 'subscription', id: lastOf(subscription) },
      },
    ],
    ListSubscriptions: inProject('subscriptions.list'),
  }),
};
