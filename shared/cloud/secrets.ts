import type { protos, SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { type Labels, type SecretInfo, type Secrets, unless } from '../ports/index.ts';
import type { Lazy } from './clients.ts';
import { normalised } from './errors.ts';
import { lastSegment, timestamp } from './messages.ts';
import type { CloudSettings } from './settings.ts';

type Secret = protos.google.cloud.secretmanager.v1.ISecret;

/** Secrets in Secret Manager, replicated automatically: Cloud Run mounts no regional ones. */
export function secretManagerSecrets(
  client: Lazy<SecretManagerServiceClient>,
  settings: CloudSettings,
): Secrets {
  const parent = `projects/${settings.project}`;
  const nameOf = (id: string): string => `${parent}/secrets/${id}`;
  /** `call` on the client, with what Google refuses as a CloudError. */
  const make = async <T>(
    method: string,
    call: (secrets: SecretManagerServiceClient) => Promise<T>,
  ): Promise<T> => {
    const secrets = await client();
    return normalised(`SecretManagerService.${method}`, () => call(secrets));
  };
  return {
    create: ({ id, labels, expiresAt }) =>
      unless(['already_exists'], 'exists', async () => {
        await make('CreateSecret', (secrets) =>
          secrets.createSecret({
            parent,
            secretId: id,
            secret: {
              replication: { automatic: {} },
              labels,
              ...(expiresAt !== undefined && { expireTime: timestamp(expiresAt) }),
            },
          }),
        );
        return 'created' as const;
      }),
    addVersion: async (id, value) => {
      const [version] = await make('AddSecretVersion', (secrets) =>
        secrets.addSecretVersion({ parent: nameOf(id), payload: { data: value } }),
      );
      return lastSegment(version.name);
    },
    setAliases: async (id, aliases) => {
      const versionAliases = Object.fromEntries(
        Object.entries(aliases).map(([alias, number]) => [alias, Number(number)]),
      );
      await make('UpdateSecret', (secrets) =>
        secrets.updateSecret({
          secret: { name: nameOf(id), versionAliases },
          updateMask: { paths: ['version_aliases'] },
        }),
      );
    },
    get: (id) =>
      unless(['not_found'], undefined, async () => {
        const [secret] = await make('GetSecret', (secrets) =>
          secrets.getSecret({ name: nameOf(id) }),
        );
        return described(secret);
      }),
    access: async (id, version) => {
      const [{ payload }] = await make('AccessSecretVersion', (secrets) =>
        secrets.accessSecretVersion({ name: `${nameOf(id)}/versions/${version}` }),
      );
      return Buffer.from(payload?.data ?? '');
    },
    list: async (labels) => {
      const [found] = await make('ListSecrets', (secrets) =>
        secrets.listSecrets({ parent, filter: filterOf(labels) }),
      );
      return found.map(described);
    },
    delete: (id) =>
      unless(['not_found'], 'absent', async () => {
        await make('DeleteSecret', (secrets) => secrets.deleteSecret({ name: nameOf(id) }));
        return 'deleted' as const;
      }),
  };
}

function described({ name, labels, versionAliases, createTime }: Secret): SecretInfo {
  const aliases = Object.entries(versionAliases ?? {}).map(
    ([alias, number]) => [alias, String(number)] as const,
  );
  return {
    id: lastSegment(name),
    labels: labels ?? {},
    aliases: Object.fromEntries(aliases),
    createdAt: Number(createTime?.seconds ?? 0) * 1000 + Math.trunc((createTime?.nanos ?? 0) / 1e6),
  };
}

/** A value that is not plainly a word is quoted, as a filter asks for (Secret Manager's "Filter list" page). */
function filterOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `labels.${key}=${/^[a-z0-9]\w*$/.test(value) ? value : `"${value}"`}`)
    .join(' AND ');
}
