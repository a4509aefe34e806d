import { beforeEach, describe, expect, it } from 'vitest';
import type { Google } from '../../infra/gcloud/google.ts';
import { subjectOf } from '../../infra/provision/subject.ts';
import { teardown } from '../../infra/provision/teardown.ts';
import { emptyStore, type Store } from '../gcloud/store.ts';
import { type Left, leaveTenRuns } from '../gcloud/ten-runs.ts';
import { deployment, working } from '../gcloud/world.ts';

const { project } = deployment;

/** A project that has a database with these collections and what the store has, and nothing else. */
function googleOf(store: Store, collections: readonly string[]): Google & { hasDatabase: boolean } {
  const rows = (api: string) =>
    [...store.things.values()].filter((each) => each.api === api).map(({ fields }) => fields);
  const google = {
    hasDatabase: true,
    gcloud: async (args: readonly string[]): Promise<unknown> => {
      const line = args.join(' ');
      const [, , verb, id] = args;
      if (line.startsWith('services list')) {
        return ['firestore', 'run', 'secretmanager'].map((name) => ({
          config: { name: `${name}.googleapis.com` },
          state: 'ENABLED',
        }));
      }
      if (line.startsWith('firestore databases list')) {
        const name = `projects/${project}/databases/(default)`;
        return google.hasDatabase ? [{ name, type: 'FIRESTORE_NATIVE' }] : [];
      }
      if (line.startsWith('firestore databases delete')) google.hasDatabase = false;
      if (line.startsWith('run jobs list')) return rows('run');
      if (line.startsWith('secrets list')) return rows('secretmanager');
      if (line.startsWith('run jobs') && verb === 'delete') {
        store.things.delete(`run/namespaces/${project}/jobs/${id}`);
      }
      if (line.startsWith('secrets delete')) {
        store.things.delete(`secretmanager/projects/${project}/secrets/${verb}`);
      }
      return [];
    },
    api: async (_method: string, url: string) =>
      url.endsWith(':listCollectionIds') ? { collectionIds: collections } : undefined,
  };
  return google;
}

describe('after ten runs, a teardown', () => {
  let store: Store;
  let left: Left;

  beforeEach(async () => {
    store = emptyStore();
    left = await leaveTenRuns(store, project);
  });

  async function tearDown(keepData: boolean, collections = left.collections) {
    const google = googleOf(store, collections);
    const { told, rest } = working(google);
    const confirm = async (): Promise<void> => undefined;
    await teardown({ ...told, confirm }, subjectOf(deployment), { ...rest, keepData });
    const names = [...store.things.values()].map(({ name }) => name.split('/').at(-1));
    return { names, hasDatabase: google.hasDatabase };
  }

  it('leaves no job, no secret and no document of ours, and what is of others', async () => {
    expect(left.jobs).toHaveLength(4);
    expect(left.secrets.length).toBeGreaterThan(4);
    expect(left.collections).toEqual(
      expect.arrayContaining(['agents', 'audit', 'deliveries', 'project', 'releases', 'runs']),
    );
    expect(await tearDown(false)).toEqual({
      names: ['of-another', 'of-another'],
      hasDatabase: false,
    });
  });

  it('keeps the database and the credentials where it is told to, and nothing of a run', async () => {
    const { names, hasDatabase } = await tearDown(true);
    expect(hasDatabase).toBe(true);
    const credentials = left.secrets.filter((id) => id.startsWith('drover-cred-'));
    expect(credentials).toContain('drover-cred-github_token-default');
    expect(names.filter((name) => name !== 'of-another')).toEqual(credentials);
  });

  it('leaves a database in which others keep documents', async () => {
    const { hasDatabase } = await tearDown(false, [...left.collections, 'invoices']);
    expect(hasDatabase).toBe(true);
  });
});
