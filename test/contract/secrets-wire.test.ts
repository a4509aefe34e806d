import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createSecretsEngine } from '../../infra/local/engines/secrets/index.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { secretsService } from '../../infra/local/wire/secrets.ts';
import { serve, type WireServer } from '../../infra/local/wire/server.ts';
import { type Clients, clients } from '../../shared/cloud/clients.ts';

const parent = 'projects/demo';
const replication = { automatic: {} };

describe('Secret Manager over the wire, by the unmodified client', () => {
  let client: Awaited<ReturnType<Clients['secrets']>>;
  let server: WireServer;

  beforeAll(async () => {
    const engine = createSecretsEngine(
      { now: Date.now, random: Math.random, store: memoryStore() },
      { project: 'demo' },
    );
    server = await serve([secretsService(engine)], 0, {
      calls: callCounter(),
      faults: faultTable(),
    });
    client = await clients({
      project: 'demo',
      region: 'europe-west1',
      endpoint: `127.0.0.1:${server.port}`,
    }).secrets();
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  it('turns a ttl into the time of the end', async () => {
    const before = Math.floor(Date.now() / 1000);
    const secret = { replication, ttl: { seconds: 3_600 } };
    const [made] = await client.createSecret({ parent, secretId: 'ttl', secret });
    expect(Number(made.expireTime?.seconds)).toBeGreaterThanOrEqual(before + 3_600);
    expect(made.replication?.automatic).toBeTruthy();
    const [kept] = await client.updateSecret({
      secret: { name: `${parent}/secrets/ttl`, labels: { a: 'b' } },
      updateMask: { paths: ['expire_time', 'labels'] },
    });
    expect(kept.expireTime ?? null).toBeNull();
    expect(kept.labels).toEqual({ a: 'b' });
  });

  it('walks a version through its states, with checksum and aliases', async () => {
    const name = `${parent}/secrets/walk`;
    await client.createSecret({
      parent,
      secretId: 'walk',
      secret: { replication, annotations: { note: 'Any text' } },
    });
    const payload = { data: Buffer.from('123456789'), dataCrc32c: 0xe3069283 };
    const [version] = await client.addSecretVersion({ parent: name, payload });
    expect(version).toMatchObject({
      name: `${name}/versions/1`,
      state: 'ENABLED',
      clientSpecifiedPayloadChecksum: true,
    });
    const [{ versionAliases, annotations }] = await client.updateSecret({
      secret: { name, versionAliases: { token: 1 } },
      updateMask: { paths: ['version_aliases'] },
    });
    expect(Number(versionAliases?.token)).toBe(1);
    expect(annotations).toEqual({ note: 'Any text' });
    const [accessed] = await client.accessSecretVersion({ name: `${name}/versions/token` });
    expect(accessed.name).toBe(`${name}/versions/1`);
    expect(Number(accessed.payload?.dataCrc32c)).toBe(0xe3069283);
    const number = { name: `${name}/versions/1` };
    expect((await client.disableSecretVersion(number))[0].state).toBe('DISABLED');
    await expect(client.accessSecretVersion(number)).rejects.toMatchObject({ code: 9 });
    expect((await client.enableSecretVersion(number))[0].state).toBe('ENABLED');
    expect((await client.destroySecretVersion(number))[0].destroyTime).not.toBeNull();
    await expect(client.accessSecretVersion(number)).rejects.toMatchObject({ code: 9 });
    expect((await client.getSecretVersion(number))[0].state).toBe('DESTROYED');
    expect((await client.listSecretVersions({ parent: name }))[0]).toHaveLength(1);
  });

  it('delays the destruction of a version where the secret says so', async () => {
    const name = `${parent}/secrets/delayed`;
    const versionDestroyTtl = { seconds: 172_800 };
    await client.createSecret({ parent, secretId: 'delayed', secret: { replication } });
    await client.addSecretVersion({ parent: name, payload: { data: Buffer.from('x') } });
    const [secret] = await client.updateSecret({
      secret: { name, versionDestroyTtl },
      updateMask: { paths: ['version_destroy_ttl'] },
    });
    expect(Number(secret.versionDestroyTtl?.seconds)).toBe(172_800);
    const [version] = await client.destroySecretVersion({ name: `${name}/versions/1` });
    expect([version.state, version.destroyTime ?? null]).toEqual(['DISABLED', null]);
    const days = (Number(version.scheduledDestroyTime?.seconds) * 1_000 - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(2);
  });

  it('refuses a checksum that does not fit, also zero', async () => {
    const name = `${parent}/secrets/checksum`;
    await client.createSecret({ parent, secretId: 'checksum', secret: { replication } });
    for (const dataCrc32c of [0, 1]) {
      const payload = { data: Buffer.from('x'), dataCrc32c };
      await expect(client.addSecretVersion({ parent: name, payload })).rejects.toMatchObject({
        code: 3,
      });
    }
  });

  it('refuses what it does not have, instead of doing something else', async () => {
    const topics = [{ name: 'projects/demo/topics/t' }];
    await expect(
      client.createSecret({ parent, secretId: 'x', secret: { replication, topics } }),
    ).rejects.toMatchObject({ code: 12 });
    await expect(client.createSecret({ parent, secretId: 'x', secret: {} })).rejects.toMatchObject({
      code: 3,
    });
    await expect(
      client.createSecret({ parent: `${parent}/locations/x`, secretId: 'x', secret: {} }),
    ).rejects.toMatchObject({ code: 3 });
    const paths = ['replication'];
    await expect(
      client.updateSecret({ secret: { name: `${parent}/secrets/ttl` }, updateMask: { paths } }),
    ).rejects.toMatchObject({ code: 3 });
  });

  it('keeps an etag from being overtaken', async () => {
    const name = `${parent}/secrets/etag`;
    await client.createSecret({ parent, secretId: 'etag', secret: { replication } });
    await expect(client.deleteSecret({ name, etag: '"0"' })).rejects.toMatchObject({ code: 9 });
    await client.deleteSecret({ name });
    await expect(client.getSecret({ name })).rejects.toMatchObject({ code: 5 });
  });
});
