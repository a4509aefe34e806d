import { expect, test } from 'vitest';
import { keepCredential } from '../../shared/credentials/home.ts';
import { CloudError } from '../../shared/ports/index.ts';
import { type Google, GoogleRefusal, isRefusal } from '../gcloud/google.ts';
import { restSecrets } from './secrets.ts';

const reference = { type: 'github_token', instance: 'default' };
const fields = { token: Buffer.from('ghp_secret') };
const encoded = fields.token.toString('base64');
const url = 'https://secretmanager.googleapis.com/v1/projects/demo/secrets';
const home = `${url}/drover-cred-github_token-default`;

type Answer = (line: string, body: unknown) => unknown;

/** Answers calls of APIs, and writes down what they were. */
function googleWith(answer: Answer): { google: Google; asked: [line: string, body: unknown][] } {
  const asked: [string, unknown][] = [];
  return {
    asked,
    google: {
      gcloud: () => Promise.reject(new Error('nothing is asked of gcloud')),
      api: async (method, at, body) => {
        asked.push([`${method} ${at}`, body]);
        return answer(`${method} ${at}`, body);
      },
    },
  };
}

test('a credential is kept as a secret with a version a field, found by its alias', async () => {
  let isThere = false;
  const { google, asked } = googleWith((line) => {
    if (line === `GET ${home}` && !isThere) {
      throw new GoogleRefusal('not_found', 'no such secret', { command: line });
    }
    if (line.startsWith('POST') && line.includes('?secretId=')) isThere = true;
    if (line.endsWith(':addVersion')) return { name: 'projects/1/secrets/x/versions/3' };
    return { name: 'projects/1/secrets/x' };
  });
  await keepCredential({ secrets: restSecrets(google, 'demo') }, reference, fields);
  expect(asked.filter(([line]) => !line.startsWith('GET'))).toEqual([
    [
      `POST ${url}?secretId=drover-cred-github_token-default`,
      {
        replication: { automatic: {} },
        labels: { drover: 'credential', 'drover-type': 'github_token' },
      },
    ],
    [`POST ${home}:addVersion`, { payload: { data: encoded } }],
    [`PATCH ${home}?updateMask=versionAliases`, { versionAliases: { token: '3' } }],
  ]);
});

test('a credential that is there with the same values is not written', async () => {
  const { google, asked } = googleWith((line) =>
    line.endsWith(':access')
      ? { payload: { data: encoded } }
      : { name: 'projects/1/secrets/x', versionAliases: { token: '3' } },
  );
  const secrets = restSecrets(google, 'demo');
  secrets.create = async () => 'exists';
  await keepCredential({ secrets }, reference, fields);
  expect(asked.map(([line]) => line)).toContain(`GET ${home}/versions/3:access`);
  expect(asked.filter(([line]) => !line.startsWith('GET'))).toEqual([]);
});

test('a value that is refused is not in the refusal', async () => {
  const { google } = googleWith((line, body) => {
    throw new GoogleRefusal('permission_denied', 'no', {
      command: `${line} ${JSON.stringify(body)}`,
    });
  });
  const refused = await restSecrets(google, 'demo')
    .addVersion('a', fields.token)
    .catch((error: unknown) => error);
  if (!(refused instanceof CloudError) || !isRefusal(refused.cause)) throw refused;
  expect(refused.code).toBe('permission_denied');
  expect(refused.cause.command).toBe(`POST ${url}/a:addVersion`);
  expect(JSON.stringify([refused.message, refused.cause])).not.toContain(encoded);
});

test('all pages of a list are read', async () => {
  const { google } = googleWith((line) =>
    line.includes('pageToken=more')
      ? { secrets: [{ name: 'x/secrets/b' }] }
      : { secrets: [{ name: 'x/secrets/a' }], nextPageToken: 'more' },
  );
  const found = await restSecrets(google, 'demo').list({ drover: 'run' });
  expect(found.map(({ id }) => id)).toEqual(['a', 'b']);
});
