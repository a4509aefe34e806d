import { describe, expect, it } from 'vitest';
import { type SecretsUnderTest, secretsContract } from '../../test/contract/secrets.ts';
import { gcloudGoogle } from '../gcloud/gcloud.ts';
import { memoryStore } from '../local/engines/engine.ts';
import { createSecretsEngine } from '../local/engines/secrets/index.ts';
import { inProcessSecretVersions } from '../local/in-process/secret-versions.ts';
import { inProcessSecrets } from '../local/in-process/secrets.ts';
import { restSecretVersions } from './secret-versions.ts';
import { restSecrets } from './secrets.ts';
import { secretManagerFetch } from './test-secret-manager.ts';

const project = 'demo';
let now = Date.parse('2026-01-01T00:00:00Z');
const clock = {
  now: () => now,
  pass: async () => {
    now += 100;
  },
};

function overRest() {
  const engine = createSecretsEngine(
    { now: () => now, random: Math.random, store: memoryStore() },
    { project },
  );
  const run = async () => ({ code: 0, stdout: '"token"', stderr: '' });
  const google = gcloudGoogle({ project, run, fetch: secretManagerFetch(engine) });
  return {
    engine,
    rest: { secrets: restSecrets(google, project), versions: restSecretVersions(google, project) },
    inProcess: { secrets: inProcessSecrets(engine), versions: inProcessSecretVersions(engine) },
  };
}

secretsContract(
  'over REST, by the account of a person',
  clock,
  async (): Promise<SecretsUnderTest> => ({
    secrets: overRest().rest.secrets,
    close: async () => {},
  }),
);

describe.each(['rest', 'inProcess'] as const)('versions of secrets, %s', (how) => {
  const open = async () => {
    const { secrets, versions } = overRest()[how];
    await secrets.create({ id: 'a', labels: {} });
    await secrets.addVersion('a', Buffer.from('one'));
    await secrets.addVersion('a', Buffer.from('two'));
    return { secrets, versions };
  };

  it('are listed with their states, the newest first, all pages of them', async () => {
    const { secrets, versions } = await open();
    for (let n = 3; n <= 1_002; n += 1) await secrets.addVersion('a', Buffer.from('x'));
    const all = await versions.list('a');
    expect(all.map(({ number }) => number)).toEqual(
      Array.from({ length: 1_002 }, (_, at) => String(1_002 - at)),
    );
    expect(all.at(-1)).toEqual({ number: '1', state: 'ENABLED', createdAt: now, destroyAt: null });
    expect(await versions.list('none')).toEqual([]);
  });

  it('have notes on their secret, replaced as a whole, and the aliases stay', async () => {
    const { secrets, versions } = await open();
    await secrets.setAliases('a', { token: '2' });
    await versions.setNotes('a', { one: '1' }, 86_400);
    await versions.setNotes('a', { two: '2' }, 86_400);
    expect(await versions.notes('a')).toEqual({
      aliases: { token: '2' },
      annotations: { two: '2' },
    });
    expect(await versions.notes('none')).toBeUndefined();
  });

  it('are destroyed at once, or as late as their secret says', async () => {
    const { versions } = await open();
    await versions.destroy('a', '1');
    await versions.setNotes('a', {}, 172_800);
    await versions.destroy('a', '2');
    expect(await versions.list('a')).toMatchObject([
      { number: '2', state: 'DISABLED', destroyAt: now + 172_800_000 },
      { number: '1', state: 'DESTROYED', destroyAt: null },
    ]);
    await expect(versions.destroy('a', '1')).rejects.toMatchObject({ code: 'failed_precondition' });
    await expect(versions.destroy('a', '9')).rejects.toMatchObject({ code: 'not_found' });
  });
});
