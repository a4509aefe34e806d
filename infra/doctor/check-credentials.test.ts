import { afterAll, expect, it } from 'vitest';
import { directoryWith, projectFiles, removeDirectories } from '../cli/test-project.ts';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { readProject } from '../project-files.ts';
import { restSecrets } from '../rest/secrets.ts';
import { checkCredentials } from './check-credentials.ts';

afterAll(removeDirectories);

const root = 'https://secretmanager.googleapis.com/v1/projects/acme-drover/secrets/';
const secrets = {
  token: 'drover-cred-github_token-default',
  hook: 'drover-cred-github_webhook_secret-default',
};

/** Secret Manager with these secrets: the version of each field, and the state of each version. */
function googleWith(homes: {
  readonly [id: string]: {
    aliases: { [field: string]: string };
    states: { [version: string]: string };
  };
}): Google {
  return {
    gcloud: () => Promise.reject(new Error('nothing is asked of gcloud')),
    api: async (method, url) => {
      const [, id = '', versions] = /^([\w-]+)(\/versions)?/.exec(url.slice(root.length)) ?? [];
      const home = homes[id];
      if (!home) throw new GoogleRefusal('not_found', 'no secret', { command: `${method} ${url}` });
      if (!versions) return { name: `x/secrets/${id}`, versionAliases: home.aliases };
      return {
        versions: Object.entries(home.states).map(([version, state]) => ({
          name: `x/secrets/${id}/versions/${version}`,
          state,
        })),
      };
    },
  };
}

async function found(google: Google, files: { readonly [path: string]: string } = {}) {
  const directory = directoryWith({ ...projectFiles, ...files });
  const parsed = readProject(directory, () => '', { home: directory });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return checkCredentials({
    google,
    secrets: restSecrets(google, 'acme-drover'),
    googleProject: 'acme-drover',
    project: parsed.project,
    directory,
  });
}

const hook = { aliases: { secret: '1' }, states: { 1: 'ENABLED' } };
const token = { aliases: { token: '2' }, states: { 1: 'DESTROYED', 2: 'ENABLED' } };

it('credentials whose fields have a version that can be read are well', async () => {
  expect(await found(googleWith({ [secrets.hook]: hook, [secrets.token]: token }))).toEqual([]);
});

it('a credential without a secret is missing, and how it comes there depends on whether it lies here', async () => {
  const google = googleWith({ [secrets.hook]: hook });
  const [away] = await found(google);
  expect(away).toMatchObject({
    code: 'CREDENTIAL_MISSING',
    subject: 'credential github_token:default',
  });
  expect(away?.mend).toHaveLength(3);
  const [here] = await found(google, { '.drover/credentials/github_token/default/token': 'x' });
  expect(here?.mend).toEqual(['drover deploy']);
});

it('a version that is disabled is enabled again, and one that is destroyed is put anew', async () => {
  const disabled = { ...token, states: { 2: 'DISABLED' } };
  const [first] = await found(googleWith({ [secrets.hook]: hook, [secrets.token]: disabled }));
  expect(first).toMatchObject({ code: 'CREDENTIAL_NO_VERSION', severity: 'error' });
  expect(first?.mend[0]).toBe(
    `gcloud secrets versions enable 2 --secret=${secrets.token} --project=acme-drover`,
  );
  const destroyed = { ...token, states: { 2: 'DESTROYED' } };
  const [second] = await found(googleWith({ [secrets.hook]: hook, [secrets.token]: destroyed }));
  expect(second?.what).toContain('token is version 2, which is destroyed');
  expect(second?.mend[0]).toMatch(/^mkdir/);
});

it('a secret that names no version, and one that lacks a field, are told', async () => {
  const empty = { aliases: {}, states: {} };
  const other = { aliases: { tokem: '1' }, states: { 1: 'ENABLED' } };
  const [none] = await found(googleWith({ [secrets.hook]: hook, [secrets.token]: empty }));
  expect(none?.code).toBe('CREDENTIAL_NO_VERSION');
  const [lacking] = await found(googleWith({ [secrets.hook]: hook, [secrets.token]: other }));
  expect(lacking).toMatchObject({ code: 'CREDENTIAL_FIELDS', severity: 'warning' });
});
