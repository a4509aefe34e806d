import type { Kind } from '../kind.ts';
import type { Role } from '../resource.ts';
import { byLastName, differences, gcloud, isWanted, rowsOf, textAt, valueAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** The stage that says a role is in use (IAM API, `Role.launchStage`). */
const stage = 'GA';

/**
 * Custom roles of the project. They are asked of the API: `gcloud iam roles list` leaves out permissions. A deleted one keeps its
 * id for 37 days (IAM docs, "Delete a custom role"), so it is listed too, and brought back rather than made.
 */
export const roleKind: Kind<Role> = {
  list: ({ project }) => [
    {
      tool: 'api',
      method: 'GET',
      url: `https://iam.googleapis.com/v1/projects/${project}/roles?view=FULL&showDeleted=true&pageSize=1000`,
    },
  ],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return byLastName(
      rowsOf(answer, 'roles'),
      (id, row) =>
        isOurs(id) || (/^drover[A-Z]/.test(id) && textAt(row, 'title').startsWith('Drover: ')),
    );
  },
  compare: (_, { title, why, permissions }, found) =>
    differences({
      deleted: [textAt(found, 'deleted') || 'false', 'false'],
      title: [textAt(found, 'title'), title],
      description: [textAt(found, 'description'), why],
      permissions: [sorted(valueAt(found, 'includedPermissions')), sorted(permissions)],
      // An unset stage is the first of its enumeration, which the API leaves out.
      stage: [textAt(found, 'stage') || 'ALPHA', stage],
    }),
  create: (_, role) => [gcloud(['iam', 'roles', 'create', role.id, ...flags(role)])],
  update: (_, role, found) => [
    ...(found.deleted === true ? [gcloud(['iam', 'roles', 'undelete', role.id])] : []),
    gcloud(['iam', 'roles', 'update', role.id, ...flags(role)]),
  ],
  remove: (_, id, found) =>
    found.deleted === true ? [] : [gcloud(['iam', 'roles', 'delete', id])],
  terraform: ({ project }, { id, title, why, permissions }) => [
    {
      type: terraformTypes.role,
      label: terraformLabel(id),
      body: { project, role_id: id, title, description: why, stage, permissions },
    },
  ],
};

function flags({ title, why, permissions }: Role): string[] {
  return [
    `--title=${title}`,
    `--description=${why}`,
    `--permissions=${permissions.join(',')}`,
    `--stage=${stage}`,
  ];
}

function sorted(permissions: unknown): string {
  return Array.isArray(permissions) ? [...permissions].sort().join(', ') : '';
}
