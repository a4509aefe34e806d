import type { FoundResource, Kind } from '../kind.ts';
import { emailOf, isOurAccount } from '../names.ts';
import type { ServiceAccount } from '../resource.ts';
import { differences, gcloud, isWanted, rowsOf, textAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** Identities. They carry no labels: ours are known by their names and titles. */
export const serviceAccountKind: Kind<ServiceAccount> = {
  list: () => [gcloud(['iam', 'service-accounts', 'list'])],
  read: ({ project }, wanted, [answer]) => {
    const suffix = `@${project}.iam.gserviceaccount.com`;
    const isOurs = isWanted(wanted);
    return new Map(
      rowsOf(answer)
        .map((row) => [textAt(row, 'email'), row] as const)
        .filter(([email]) => email.endsWith(suffix))
        .map(([email, row]) => [email.slice(0, -suffix.length), row] as const)
        .filter(([id, row]) => isOurs(id) || bearsOurName(id, row)),
    );
  },
  compare: (_, { title, why }, found) =>
    differences({
      title: [textAt(found, 'displayName'), title],
      description: [textAt(found, 'description'), why],
      disabled: [textAt(found, 'disabled') || 'false', 'false'],
    }),
  create: (_, { id, title, why }) => [
    gcloud([
      'iam',
      'service-accounts',
      'create',
      id,
      `--display-name=${title}`,
      `--description=${why}`,
    ]),
  ],
  update: (deployment, { id, title, why }, found) => {
    const email = emailOf(deployment, id);
    const update = ['iam', 'service-accounts', 'update', email];
    return [
      gcloud([...update, `--display-name=${title}`, `--description=${why}`]),
      ...(found.disabled === true ? [gcloud(['iam', 'service-accounts', 'enable', email])] : []),
    ];
  },
  remove: (deployment, id) => [
    gcloud(['iam', 'service-accounts', 'delete', emailOf(deployment, id)]),
  ],
  terraform: ({ project }, { id, title, why }) => [
    {
      type: terraformTypes['service-account'],
      label: terraformLabel(id),
      body: { project, account_id: id, display_name: title, description: why },
    },
  ],
};

function bearsOurName(id: string, row: FoundResource): boolean {
  return isOurAccount(id) && textAt(row, 'displayName').startsWith('Drover ');
}
