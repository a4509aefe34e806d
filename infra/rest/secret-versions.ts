import { rowsOf, textAt } from '../deployment/kinds/found.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import { lastOf } from '../last-of.ts';
import { asPort } from './errors.ts';

/** A version of a secret, without its value. */
export interface SecretVersion {
  number: string;
  /** As Secret Manager has it (`SecretVersion.State`): `ENABLED`, `DISABLED`, `DESTROYED`. */
  state: string;
  /** When it was made, in ms since the epoch. */
  createdAt: number;
  /** When its value goes, in ms since the epoch, where somebody destroyed it and its secret delays that; null: at no time. */
  destroyAt: number | null;
}

/** What of a secret the port leaves out, because no function needs it. */
export interface SecretNotes {
  /** Version numbers by alias. */
  aliases: { readonly [alias: string]: string };
  /** Texts by name, less than 16 KiB in all (Secret Manager API, `Secret.annotations`). */
  annotations: { readonly [name: string]: string };
}

/** Versions of secrets, for those who look after them. */
export interface SecretVersions {
  /** The notes of a secret; undefined when there is none. */
  notes(id: string): Promise<SecretNotes | undefined>;
  /**
   * Replaces the annotations, and has versions that are destroyed from now on be disabled for so long first (Secret Manager docs,
   * "Delay destruction of secret versions": a day at least, 1,000 at most).
   */
  setNotes(
    id: string,
    annotations: { readonly [name: string]: string },
    destroyAfterSeconds: number,
  ): Promise<void>;
  /** All versions, the newest first. Reads all pages; none where there is no such secret. */
  list(id: string): Promise<SecretVersion[]>;
  /** Destroys a version, at once or as {@link SecretVersions.setNotes} has said. */
  destroy(id: string, number: string): Promise<void>;
}

/** Versions on a page (ListSecretVersionsRequest.page_size, 25,000 at most). */
const pageSize = 1_000;

/** {@link SecretVersions} by Secret Manager's REST API, as the user that gcloud is signed in as. */
export function restSecretVersions(google: Google, project: string): SecretVersions {
  const url = `https://secretmanager.googleapis.com/v1/projects/${project}/secrets`;
  return {
    notes: (id) =>
      asPort(async () => {
        const found = await google.api('GET', `${url}/${id}`).catch(nothingWhenGone);
        if (found === undefined) return undefined;
        const { versionAliases = {}, annotations = {} } = found as {
          versionAliases?: { [alias: string]: string };
          annotations?: { [name: string]: string };
        };
        return { aliases: versionAliases, annotations };
      }),
    setNotes: async (id, annotations, destroyAfterSeconds) => {
      const body = { annotations, versionDestroyTtl: `${destroyAfterSeconds}s` };
      await asPort(() => google.api('PATCH', `${url}/${id}?${notesMask}`, body));
    },
    list: (id) =>
      asPort(async () => {
        const versions: SecretVersion[] = [];
        let token = '';
        do {
          const more = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`;
          const where = `${url}/${id}/versions?pageSize=${pageSize}${more}`;
          const page = await google.api('GET', where).catch(nothingWhenGone);
          versions.push(...rowsOf(page, 'versions').map(versionOf));
          token = textAt(page, 'nextPageToken');
        } while (token !== '');
        return versions;
      }),
    destroy: async (id, number) => {
      await asPort(() => google.api('POST', `${url}/${id}/versions/${number}:destroy`, {}));
    },
  };
}

/** What {@link SecretVersions.setNotes} changes, as a query. */
export const notesMask = 'updateMask=annotations,versionDestroyTtl';

function versionOf(row: Parameters<typeof textAt>[0]): SecretVersion {
  const destroyAt = Date.parse(textAt(row, 'scheduledDestroyTime'));
  return {
    number: lastOf(textAt(row, 'name')),
    state: textAt(row, 'state'),
    createdAt: Date.parse(textAt(row, 'createTime')),
    destroyAt: Number.isNaN(destroyAt) ? null : destroyAt,
  };
}

function nothingWhenGone(error: unknown): undefined {
  if (isRefusal(error, 'not_found')) return undefined;
  throw error;
}
