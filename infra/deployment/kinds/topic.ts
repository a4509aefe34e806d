import type { Kind } from '../kind.ts';
import { deploymentLabels, labelsFlag } from '../labels.ts';
import type { Topic } from '../resource.ts';
import { byLastName, differences, gcloud, isLabelled, isWanted, rowsOf, textAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

export const topicKind: Kind<Topic> = {
  list: () => [gcloud(['pubsub', 'topics', 'list'])],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return byLastName(rowsOf(answer), (id, row) => isOurs(id) || isLabelled(row));
  },
  compare: (_, __, found) =>
    differences({ label: [textAt(found, 'labels', 'drover'), deploymentLabels.drover] }),
  create: (_, { id }) => [gcloud(['pubsub', 'topics', 'create', id, `--labels=${labelsFlag}`])],
  update: (_, { id }) => [
    gcloud(['pubsub', 'topics', 'update', id, `--update-labels=${labelsFlag}`]),
  ],
  remove: (_, id) => [gcloud(['pubsub', 'topics', 'delete', id])],
  terraform: ({ project }, { id }) => [
    {
      type: terraformTypes.topic,
      label: terraformLabel(id),
      body: { project, name: id, labels: deploymentLabels },
    },
  ],
};
