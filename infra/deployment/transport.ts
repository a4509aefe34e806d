import { eventsTopic, logPush, queues, serviceAccount } from '../resources.ts';
import { sinkFilter } from '../sink-filter.ts';
import { functionShapes } from './functions.ts';
import { repositoryId, urlOf } from './names.ts';
import type { Deployment, Resource } from './resource.ts';

/** Images of an agent that are kept beside those that a release needs. */
const keptImages = 3;
const daySeconds = 86_400;

/** What carries something: wake-ups, log entries, the minute, images. */
export function transport(deployment: Deployment): Resource[] {
  const { project } = deployment;
  const { retry, ackDeadlineSeconds, oidc } = logPush(project, urlOf(deployment, 'logs'));
  const pubsub = 'api/pubsub.googleapis.com';
  return [
    ...queues(deployment).map(
      ({ name, ...queue }): Resource => ({
        kind: 'queue',
        id: name.split('/').at(-1) ?? '',
        why: 'Wake-ups wait in it.',
        maxDispatchesPerSecond: 500,
        ...queue,
        needs: ['api/cloudtasks.googleapis.com'],
      }),
    ),
    {
      kind: 'topic',
      id: 'drover-logs',
      why: 'The log sink exports job logs and ended executions to it.',
      needs: [pubsub],
    },
    {
      kind: 'topic',
      id: 'drover-logs-dead',
      why: 'What `logs` could not take after many attempts.',
      needs: [pubsub],
    },
    {
      kind: 'subscription',
      id: 'drover-logs',
      why: 'Pushes each entry to `logs`.',
      topic: 'drover-logs',
      ackDeadlineSeconds,
      retentionSeconds: daySeconds,
      push: {
        url: urlOf(deployment, 'logs'),
        serviceAccount: oidc.serviceAccount,
        audience: oidc.audience,
      },
      retry,
      deadLetter: { topic: 'drover-logs-dead', maxDeliveryAttempts: 20 },
      needs: ['topic/drover-logs', 'topic/drover-logs-dead', 'service-account/drover-pubsub'],
    },
    {
      kind: 'subscription',
      id: 'drover-logs-dead',
      why: 'Keeps dead letters for a week, for a person to look at.',
      topic: 'drover-logs-dead',
      ackDeadlineSeconds: 60,
      retentionSeconds: 7 * daySeconds,
      push: null,
      retry: null,
      deadLetter: null,
      needs: ['topic/drover-logs-dead'],
    },
    {
      kind: 'topic',
      id: eventsTopic,
      why: 'What happens to each run is published on it.',
      // Who subscribes later, or lost something, can go back as far.
      retentionSeconds: 7 * daySeconds,
      needs: [pubsub],
    },
    {
      kind: 'topic',
      id: `${eventsTopic}-dead`,
      why: 'Events that a subscription gave up.',
      needs: [pubsub],
    },
    {
      kind: 'subscription',
      id: `${eventsTopic}-dead`,
      why: 'Keeps events that were given up for a week, for a person to look at.',
      topic: `${eventsTopic}-dead`,
      ackDeadlineSeconds: 60,
      retentionSeconds: 7 * daySeconds,
      push: null,
      retry: null,
      deadLetter: null,
      needs: [`topic/${eventsTopic}-dead`],
    },
    {
      kind: 'sink',
      id: 'drover-logs',
      why: 'Exports what our jobs print, and that an execution has ended.',
      topic: 'drover-logs',
      filter: sinkFilter(project),
      needs: ['topic/drover-logs', 'api/logging.googleapis.com'],
    },
    {
      kind: 'scheduler-job',
      id: 'drover-tick',
      why: 'Calls `tick` each minute.',
      schedule: '* * * * *',
      url: urlOf(deployment, 'tick'),
      audience: urlOf(deployment, 'tick'),
      serviceAccount: serviceAccount('scheduler', project),
      deadlineSeconds: functionShapes.tick.timeoutSeconds,
      needs: [
        'api/cloudscheduler.googleapis.com',
        'service-account/drover-scheduler',
        'function/drover-tick',
      ],
    },
    {
      kind: 'repository',
      id: repositoryId,
      why: 'Images of agents, and of the functions as they are built.',
      format: 'docker',
      cleanup: [
        {
          name: 'keep-latest',
          action: { type: 'KEEP' },
          mostRecentVersions: { keepCount: keptImages },
        },
        {
          name: 'delete-untagged',
          action: { type: 'DELETE' },
          condition: { tagState: 'UNTAGGED', olderThan: '30d' },
        },
      ],
      needs: ['api/artifactregistry.googleapis.com'],
    },
  ];
}
