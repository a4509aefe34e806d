import { type Labels, type SecretInfo, type Secrets, unless } from '../../shared/ports/index.ts';
import { type ApiMethod, type Google, GoogleRefusal, isRefusal } from '../gcloud/google.ts';
import { lastOf } from '../last-of.ts';
import { asPort } from './errors.ts';

/** What we read of a secret, as JSON. */
interface JsonSecret {
  name: string;
  labels?: Labels;
  versionAliases?: { readonly [alias: string]: string };
  createTime?: string;
}

/** {@link Secrets} by Secret Manager's REST API, as the user that gcloud is signed in as. */
export function restSecrets(google: Google, project: string): Secrets {
  const url = `https://secretmanager.googleapis.com/v1/projects/${project}/secrets`;
  const call = <T>(method: ApiMethod, path: string, body?: unknown): Promise<T> =>
    asPort(async () => (await google.api(method, `${url}${path}`, body)) as T);
  return {
    create: ({ id, labels, expiresAt }) =>
      unless(['already_exists'], 'exists', async () => {
        await call('POST', `?secretId=${id}`, {
          replication: { automatic: {} },
          labels,
          ...(expiresAt !== undefined && { expireTime: new Date(expiresAt).toISOString() }),
        });
        return 'created' as const;
      }),
    addVersion: async (id, value) => {
      const payload = { data: Buffer.from(value).toString('base64') };
      const { name } = await asPort(async () => {
        const where = `${url}/${id}:addVersion`;
        const added = google.api('POST', where, { payload }).catch(hideValue(`POST ${where}`));
        return (await added) as { name: string };
      });
      return lastOf(name);
    },
    setAliases: async (id, versionAliases) => {
      await call('PATCH', `/${id}?updateMask=versionAliases`, { versionAliases });
    },
    get: (id) =>
      unless(['not_found'], undefined, async () => described(await call('GET', `/${id}`))),
    access: async (id, version) => {
      const { payload } = await call<{ payload?: { data?: string } }>(
        'GET',
        `/${id}/versions/${version}:access`,
      );
      return new Uint8Array(Buffer.from(payload?.data ?? '', 'base64'));
    },
    list: async (labels) => {
      const filter = Object.entries(labels)
        .map(([key, value]) => `labels.${key}="${value}"`)
        .join(' AND ');
      const found: SecretInfo[] = [];
      let token = '';
      do {
        const query = new URLSearchParams({ filter, ...(token !== '' && { pageToken: token }) });
        const page = await call<{ secrets?: JsonSecret[]; nextPageToken?: string }>(
          'GET',
          `?${query}`,
        );
        found.push(...(page.secrets ?? []).map(described));
        token = page.nextPageToken ?? '';
      } while (token !== '');
      return found;
    },
    delete: (id) =>
      unless(['not_found'], 'absent', async () => {
        await call('DELETE', `/${id}`);
        return 'deleted' as const;
      }),
  };
}

/** A refusal tells the command that was refused, to a person and to logs: here without the value that was sent. */
function hideValue(command: string): (error: unknown) => never {
  return (error) => {
    if (!isRefusal(error)) throw error;
    const { code, message, service } = error;
    throw new GoogleRefusal(code, message, { command, service });
  };
}

function described({ name, labels, versionAliases, createTime }: JsonSecret): SecretInfo {
  return {
    id: lastOf(name),
    labels: labels ?? {},
    aliases: versionAliases ?? {},
    createdAt: Date.parse(createTime ?? ''),
  };
}
