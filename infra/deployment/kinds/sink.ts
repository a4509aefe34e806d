import type { Kind } from '../kind.ts';
import type { Deployment, Sink } from '../resource.ts';
import { byLastName, differences, gcloud, isWanted, rowsOf, textAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** Log sinks. They carry no labels: ours are known by their names. Google gives each an identity of its own to write as. */
export const sinkKind: Kind<Sink> = {
  list: () => [gcloud(['logging', 'sinks', 'list'])],
  read: (_, wanted, [answer]) => byLastName(rowsOf(answer), isWanted(wanted)),
  compare: (deployment, { topic, filter }, found) =>
    differences({
      destination: [textAt(found, 'destination'), destination(deployment, topic)],
      filter: [textAt(found, 'filter'), filter],
      disabled: [textAt(found, 'disabled') || 'false', 'false'],
    }),
  create: (deployment, { id, why, topic, filter }) => [
    gcloud([
      'logging',
      'sinks',
      'create',
      id,
      destination(deployment, topic),
      `--log-filter=${filter}`,
      `--description=${why}`,
    ]),
  ],
  update: (deployment, { id, why, topic, filter }) => [
    gcloud([
      'logging',
      'sinks',
      'update',
      id,
      destination(deployment, topic),
      `--log-filter=${filter}`,
      `--description=${why}`,
      '--no-disabled',
    ]),
  ],
  remove: (_, id) => [gcloud(['logging', 'sinks', 'delete', id])],
  terraform: (deployment, { id, why, topic, filter }) => [
    {
      type: terraformTypes.sink,
      label: terraformLabel(id),
      body: {
        project: deployment.project,
        name: id,
        description: why,
        destination: destination(deployment, topic),
        filter,
        unique_writer_identity: true,
      },
    },
  ],
};

function destination({ project }: Deployment, topic: string): string {
  return `pubsub.googleapis.com/projects/${project}/topics/${topic}`;
}
