import { type Command, type Kind, NestedBlocks, type TerraformBody } from '../kind.ts';
import { deploymentLabels, labelsFlag } from '../labels.ts';
import type { Repository } from '../resource.ts';
import {
  byLastName,
  differences,
  gcloud,
  isLabelled,
  isWanted,
  rowsOf,
  secondsAt,
  textAt,
  valueAt,
} from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** Repositories for images, with what is kept of them. */
export const repositoryKind: Kind<Repository> = {
  carriesLabel: true,
  list: ({ region }) => [gcloud(['artifacts', 'repositories', 'list', `--location=${region}`])],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return byLastName(rowsOf(answer), (id, row) => isOurs(id) || isLabelled(row));
  },
  compare: (_, { cleanup }, found) =>
    differences({
      format: [textAt(found, 'format'), 'DOCKER'],
      label: [textAt(found, 'labels', 'drover'), deploymentLabels.drover],
      cleanup: [
        policiesText(Object.values(valueAt(found, 'cleanupPolicies') ?? {})),
        policiesText(cleanup),
      ],
      cleanupDryRun: [textAt(found, 'cleanupPolicyDryRun') || 'false', 'false'],
    }),
  create: ({ region }, repository) => [
    gcloud([
      'artifacts',
      'repositories',
      'create',
      repository.id,
      `--location=${region}`,
      '--repository-format=docker',
      `--labels=${labelsFlag}`,
      `--description=${repository.why}`,
    ]),
    cleaning(region, repository),
  ],
  update: ({ region }, repository, found) =>
    textAt(found, 'format') === 'DOCKER'
      ? [
          gcloud([
            'artifacts',
            'repositories',
            'update',
            repository.id,
            `--location=${region}`,
            `--update-labels=${labelsFlag}`,
            `--description=${repository.why}`,
          ]),
          cleaning(region, repository),
        ]
      : undefined,
  remove: ({ region }, id) => [
    gcloud(['artifacts', 'repositories', 'delete', id, `--location=${region}`]),
  ],
  terraform: ({ project, region }, { id, why, cleanup }) => [
    {
      type: terraformTypes.repository,
      label: terraformLabel(id),
      body: {
        project,
        location: region,
        repository_id: id,
        format: 'DOCKER',
        description: why,
        labels: deploymentLabels,
        cleanup_policies: new NestedBlocks(...cleanup.map(terraformPolicy)),
      },
    },
  ],
};

function cleaning(region: string, { id, cleanup }: Repository): Command {
  return gcloud(
    [
      'artifacts',
      'repositories',
      'set-cleanup-policies',
      id,
      `--location=${region}`,
      '--no-dry-run',
    ],
    { '--policy': JSON.stringify(cleanup, null, 2) },
  );
}

/**
 * Policies in one way of writing: gcloud's file has a `name`, `{"type": "Keep"}` and `30d` where the API answers an `id`, `KEEP`
 * and `2592000s`, in any order.
 */
function policiesText(policies: readonly unknown[]): string {
  return policies
    .map((policy) =>
      JSON.stringify({
        id: textAt(policy, 'id') || textAt(policy, 'name'),
        action: (textAt(policy, 'action') || textAt(policy, 'action', 'type')).toUpperCase(),
        keepCount: textAt(policy, 'mostRecentVersions', 'keepCount'),
        tagState: textAt(policy, 'condition', 'tagState').toUpperCase(),
        olderThan: ageSeconds(policy),
      }),
    )
    .sort()
    .join(' ');
}

function ageSeconds(policy: unknown): number {
  const [, days] = /^(\d+)d$/.exec(textAt(policy, 'condition', 'olderThan')) ?? [];
  return days === undefined
    ? secondsAt(0, policy, 'condition', 'olderThan')
    : Number(days) * 86_400;
}

function terraformPolicy(policy: { readonly [key: string]: unknown }): TerraformBody {
  const keepCount = valueAt(policy, 'mostRecentVersions', 'keepCount');
  const tagState = textAt(policy, 'condition', 'tagState');
  return {
    id: textAt(policy, 'name'),
    action: textAt(policy, 'action', 'type').toUpperCase(),
    ...(typeof keepCount === 'number' && {
      most_recent_versions: new NestedBlocks({ keep_count: keepCount }),
    }),
    ...(tagState !== '' && {
      condition: new NestedBlocks({
        tag_state: tagState.toUpperCase(),
        older_than: `${ageSeconds(policy)}s`,
      }),
    }),
  };
}
