import {
  NestedBlocks,
  type TerraformBlock,
  type TerraformBody,
  type TerraformValue,
} from '../kind.ts';
import type { Binding, BoundTo, Deployment } from '../resource.ts';
import { roleName } from './binding-names.ts';
import { attributeOf, terraformLabel } from './terraform-names.ts';

export function bindingBlock(deployment: Deployment, binding: Binding): TerraformBlock {
  const { id, on, role, member, condition } = binding;
  const [type, target] = targetOf(deployment, on);
  return {
    type,
    label: terraformLabel(
      id.replace(/serviceAccount:([^@]*)@\S*\.iam\.gserviceaccount\.com/, '$1'),
    ),
    body: {
      ...target,
      role: role.startsWith('roles/')
        ? roleName(deployment, role)
        : attributeOf({ kind: 'role', id: role }, 'id'),
      member: memberOf(deployment, member),
      ...(condition && { condition: new NestedBlocks({ ...condition }) }),
    },
  };
}

function memberOf({ project }: Deployment, member: string): TerraformValue {
  if (member.startsWith('sink:')) {
    return attributeOf({ kind: 'sink', id: member.slice('sink:'.length) }, 'writer_identity');
  }
  const [, id] = /^serviceAccount:([^@]*)@(.*)$/.exec(member) ?? [];
  return id !== undefined && member.endsWith(`@${project}.iam.gserviceaccount.com`)
    ? attributeOf({ kind: 'service-account', id }, 'member')
    : member;
}

function targetOf(
  { project, region }: Deployment,
  on: BoundTo,
): readonly [type: string, target: TerraformBody] {
  switch (on.kind) {
    case 'project':
      return ['google_project_iam_member', { project }];
    case 'service-account':
      return ['google_service_account_iam_member', { service_account_id: attributeOf(on, 'name') }];
    case 'queue':
      return [
        'google_cloud_tasks_queue_iam_member',
        { project, location: region, name: attributeOf(on, 'name') },
      ];
    case 'topic':
      return ['google_pubsub_topic_iam_member', { project, topic: attributeOf(on, 'name') }];
    case 'subscription':
      return [
        'google_pubsub_subscription_iam_member',
        { project, subscription: attributeOf(on, 'name') },
      ];
    case 'function':
      return [
        'google_cloud_run_v2_service_iam_member',
        { project, location: region, name: attributeOf(on, 'name') },
      ];
    case 'repository':
      return [
        'google_artifact_registry_repository_iam_member',
        { project, location: region, repository: attributeOf(on, 'name') },
      ];
  }
}
