import { lastOf } from '../../last-of.ts';
import { type Kind, NestedBlocks, type TerraformBody } from '../kind.ts';
import { deploymentLabels, labelsFlag } from '../labels.ts';
import type { Subscription } from '../resource.ts';
import {
  byLastName,
  differences,
  gcloud,
  isLabelled,
  isWanted,
  rowsOf,
  secondsAt,
  textAt,
} from './found.ts';
import { attributeOf, terraformLabel, terraformTypes } from './terraform-names.ts';

/** Subscriptions. They never expire: Google deletes one that nobody uses for 31 days otherwise. */
export const subscriptionKind: Kind<Subscription> = {
  carriesLabel: true,
  list: () => [gcloud(['pubsub', 'subscriptions', 'list'])],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return byLastName(rowsOf(answer), (id, row) => isOurs(id) || isLabelled(row));
  },
  compare: (_, { topic, push, retry, deadLetter, ...wanted }, found) =>
    differences({
      label: [textAt(found, 'labels', 'drover'), deploymentLabels.drover],
      topic: [lastOf(textAt(found, 'topic')), topic],
      ackDeadlineSeconds: [textAt(found, 'ackDeadlineSeconds') || '10', wanted.ackDeadlineSeconds],
      retentionSeconds: [
        secondsAt(604_800, found, 'messageRetentionDuration'),
        wanted.retentionSeconds,
      ],
      expires: [textAt(found, 'expirationPolicy', 'ttl') || 'never', 'never'],
      endpoint: [textAt(found, 'pushConfig', 'pushEndpoint'), push?.url ?? ''],
      serviceAccount: [
        textAt(found, 'pushConfig', 'oidcToken', 'serviceAccountEmail'),
        push?.serviceAccount ?? '',
      ],
      audience: [textAt(found, 'pushConfig', 'oidcToken', 'audience'), push?.audience ?? ''],
      minimumRetrySeconds: [
        secondsAt(0, found, 'retryPolicy', 'minimumBackoff'),
        retry?.minimumSeconds ?? 0,
      ],
      maximumRetrySeconds: [
        secondsAt(0, found, 'retryPolicy', 'maximumBackoff'),
        retry?.maximumSeconds ?? 0,
      ],
      deadLetterTopic: [
        lastOf(textAt(found, 'deadLetterPolicy', 'deadLetterTopic')),
        deadLetter?.topic ?? '',
      ],
      maxDeliveryAttempts: [
        textAt(found, 'deadLetterPolicy', 'maxDeliveryAttempts'),
        deadLetter?.maxDeliveryAttempts ?? '',
      ],
    }),
  create: (_, wanted) => [
    gcloud([
      'pubsub',
      'subscriptions',
      'create',
      wanted.id,
      `--topic=${wanted.topic}`,
      `--labels=${labelsFlag}`,
      ...flags(wanted),
    ]),
  ],
  // A subscription stays with its topic for good; when that was deleted, it is called `_deleted-topic_`.
  update: (_, wanted, found) =>
    lastOf(textAt(found, 'topic')) === wanted.topic
      ? [
          gcloud([
            'pubsub',
            'subscriptions',
            'update',
            wanted.id,
            `--update-labels=${labelsFlag}`,
            ...flags(wanted),
            ...(wanted.push ? [] : ['--push-endpoint=']),
            ...(wanted.retry ? [] : ['--clear-retry-policy']),
            ...(wanted.deadLetter ? [] : ['--clear-dead-letter-policy']),
          ]),
        ]
      : undefined,
  remove: (_, id) => [gcloud(['pubsub', 'subscriptions', 'delete', id])],
  terraform: ({ project }, wanted) => [
    {
      type: terraformTypes.subscription,
      label: terraformLabel(wanted.id),
      body: terraformBody(project, wanted),
    },
  ],
};

function flags({
  ackDeadlineSeconds,
  retentionSeconds,
  push,
  retry,
  deadLetter,
}: Subscription): string[] {
  return [
    `--ack-deadline=${ackDeadlineSeconds}`,
    `--message-retention-duration=${retentionSeconds}s`,
    '--expiration-period=never',
    ...(push
      ? [
          `--push-endpoint=${push.url}`,
          `--push-auth-service-account=${push.serviceAccount}`,
          `--push-auth-token-audience=${push.audience}`,
        ]
      : []),
    ...(retry
      ? [`--min-retry-delay=${retry.minimumSeconds}s`, `--max-retry-delay=${retry.maximumSeconds}s`]
      : []),
    ...(deadLetter
      ? [
          `--dead-letter-topic=${deadLetter.topic}`,
          `--max-delivery-attempts=${deadLetter.maxDeliveryAttempts}`,
        ]
      : []),
  ];
}

function terraformBody(
  project: string,
  { id, topic, ackDeadlineSeconds, retentionSeconds, push, retry, deadLetter }: Subscription,
): TerraformBody {
  return {
    project,
    name: id,
    topic: attributeOf({ kind: 'topic', id: topic }, 'id'),
    labels: deploymentLabels,
    ack_deadline_seconds: ackDeadlineSeconds,
    message_retention_duration: `${retentionSeconds}s`,
    expiration_policy: new NestedBlocks({ ttl: '' }),
    ...(push && {
      push_config: new NestedBlocks({
        push_endpoint: push.url,
        oidc_token: new NestedBlocks({
          service_account_email: push.serviceAccount,
          audience: push.audience,
        }),
      }),
    }),
    ...(retry && {
      retry_policy: new NestedBlocks({
        minimum_backoff: `${retry.minimumSeconds}s`,
        maximum_backoff: `${retry.maximumSeconds}s`,
      }),
    }),
    ...(deadLetter && {
      dead_letter_policy: new NestedBlocks({
        dead_letter_topic: attributeOf({ kind: 'topic', id: deadLetter.topic }, 'id'),
        max_delivery_attempts: deadLetter.maxDeliveryAttempts,
      }),
    }),
  };
}
