import { lastOf } from '../../../last-of.ts';
import type { Message } from '../../wire/server.ts';
import { type Need, project } from '../target.ts';
import { fromPage } from './table.ts';

const inProject = (permission: string) => (): Need[] => [
  { permission: `secretmanager.${permission}`, on: project },
];

const onSecret =
  (permission: string, name: (request: Message) => unknown) =>
  (request: Message): Need[] => [
    {
      permission: `secretmanager.${permission}`,
      on: { kind: 'secret', id: lastOf(name(request)) },
    },
  ];

const onVersion =
  (permission: string) =>
  ({ name }: Message): Need[] => [
    { permission: `secretmanager.${permission}`, on: versionTarget(String(name)) },
  ];

/** A version by its name: the number, alias or `latest` is the one that was asked for. */
function versionTarget(name: string): Need['on'] {
  const [, , , id = '', , version = ''] = name.split('/');
  return { kind: 'secret', id, version };
}

export const secretNeeds = fromPage(
  'Secret Manager docs, "Access control with IAM"; IAM docs, "Secret Manager roles and permissions"',
  'SecretManagerService',
  {
    CreateSecret: inProject('secrets.create'),
    ListSecrets: inProject('secrets.list'),
    GetSecret: onSecret('secrets.get', ({ name }) => name),
    UpdateSecret: onSecret('secrets.update', ({ secret }) => (secret as Message | null)?.name),
    DeleteSecret: onSecret('secrets.delete', ({ name }) => name),
    AddSecretVersion: onSecret('versions.add', ({ parent }) => parent),
    ListSecretVersions: onSecret('versions.list', ({ parent }) => parent),
    GetSecretVersion: onVersion('versions.get'),
    AccessSecretVersion: onVersion('versions.access'),
    EnableSecretVersion: onVersion('versions.enable'),
    DisableSecretVersion: onVersion('versions.disable'),
    DestroySecretVersion: onVersion('versions.destroy'),
  },
);
