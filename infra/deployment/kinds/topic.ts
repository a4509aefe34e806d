import type { Kind } from '../kind.ts';
import { deploymentLabels, labelsFlag } from '../labels.ts';
import type { Topic } from '../resource.ts';
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
import { terraformLabel, terraformTypes } from './terraform-names.ts';

export const topicKind: Kind<Topic> = {
  carriesLabel: true,
  list: () => [gcloud(['pubsub', 'topics', 'list'])],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return byLastName(rowsOf(answer), (id, row) => isOurs(id) || isLabelled(row));
  },
  compare: (_, { retentionSeconds = 0 }, found) =>
    differences({
      label: [textAt(found, 'labels', 'drover'), deploymentLabels.drover],
      retentionSeconds: [secondsAt(0, found, 'messageRetentionDuration'), retentionSeconds],
    }),
  create: (_, { id, retentionSeconds }) => [
    gcloud([
      'pubsub',
      'topics',
      'create',
      id,
      `--labels=${labelsFlag}`,
      ...(retentionSeconds === undefined ? [] : [retentionFlag(retentionSeconds)]),
    ]),
  ],
  update: (_, { id, retentionSeconds }) => [
    gcloud([
      'pubsub',
      'topics',
      'update',
      id,
      `--update-labels=${labelsFlag}`,
      retentionSeconds === undefined
        ? '--clear-message-retention-duration'
        : retentionFlag(retentionSeconds),
    ]),
  ],
  remove: (_, id) => [gcloud(['pubsub', 'topics', 'delete', id])],
  terraform: ({ project }, { id, retentionSeconds }) => [
    {
      type: terraformTypes.topic,
      label: terraformLabel(id),
      body: {
        project,
        name: id,
        labels: deploymentLabels,
        ...(retentionSeconds !== undefined && {
          message_retention_duration: `${retentionSeconds}s`,
        }),
      },
    },
  ],
};

function retentionFlag(seconds: number): string {
  return `--message-retention-duration=${seconds}s`;
}
