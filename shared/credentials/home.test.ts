import { expect, test } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createSecretsEngine } from '../../infra/local/engines/secrets/index.ts';
import { inProcessSecrets } from '../../infra/local/in-process/secrets.ts';
import type { Secrets } from '../ports/index.ts';
import { homeReference, homeSecretId, keepCredential, readCredential } from './home.ts';

const reference = { type: 'github_token', instance: 'my-bot' };
const id = homeSecretId(reference);
const version = (number: number) => `projects/demo/secrets/${id}/versions/${number}`;

async function withToken() {
  const context = { now: Date.now, random: Math.random, store: memoryStore() };
  const engine = createSecretsEngine(context, { project: 'demo' });
  const secrets = inProcessSecrets(engine);
  await keepCredential({ secrets }, reference, { token: Buffer.from('first') });
  return { engine, secrets };
}

const tokenOf = async (secrets: Secrets) =>
  Buffer.from((await readCredential({ secrets }, reference))?.token ?? '').toString();

test('a credential that is rotated and tidied between two reads is read as it is then', async () => {
  const { engine, secrets } = await withToken();
  let isRotated = false;
  const access: Secrets['access'] = async (...args) => {
    if (!isRotated) {
      isRotated = true;
      await keepCredential({ secrets }, reference, { token: Buffer.from('second') });
      engine.destroySecretVersion(version(1));
    }
    return secrets.access(...args);
  };
  expect(await tokenOf({ ...secrets, access })).toBe('second');
});

test('a credential whose version is gone for good is not there, after two looks', async () => {
  const { engine, secrets } = await withToken();
  engine.disableSecretVersion(version(1));
  let looks = 0;
  const get: Secrets['get'] = (secret) => {
    looks += 1;
    return secrets.get(secret);
  };
  expect(await readCredential({ secrets: { ...secrets, get } }, reference)).toBeUndefined();
  expect(looks).toBe(2);
});

test.each([
  ['drover-cred-github_token-my-bot', reference],
  ['drover-cred-github_token-default', { type: 'github_token', instance: 'default' }],
  ['drover-run-triage-abcdefgh-1', undefined],
  ['drover-cred-Github-x', undefined],
  ['drover-cred-github_token', undefined],
])('the home %s is of %j', (home, of) => {
  expect(homeReference(home)).toEqual(of);
});
