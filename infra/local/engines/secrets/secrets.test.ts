import { describe, expect, it } from 'vitest';
import { memoryStore } from '../engine.ts';
import { createSecretsEngine } from './index.ts';

const parent = 'projects/demo';
const name = `${parent}/secrets/a`;
const replication = { automatic: {} };
const value = Buffer.from('value');

function harness() {
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
  const store = memoryStore();
  const start = () =>
    createSecretsEngine({ now: () => clock.now, random: Math.random, store }, { project: 'demo' });
  const engine = start();
  return { clock, store, engine, restart: start };
}

const refused = (code: string, message: RegExp | string) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('secrets', () => {
  it.each([
    ['a replication', {}, /replication must be provided/],
    ['label keys of its alphabet', { replication, labels: { '1a': 'x' } }, /label/],
    ['labels of 63 characters', { replication, labels: { a: 'x'.repeat(64) } }, /label/],
    ['labels of 128 bytes', { replication, labels: { a: 'あ'.repeat(43) } }, /label/],
    [
      '64 labels',
      {
        replication,
        labels: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, ''])),
      },
      /No more than 64/,
    ],
    ['annotation keys of its alphabet', { replication, annotations: { '-a': 'x' } }, /annotation/],
    [
      'annotations under 16 KiB',
      { replication, annotations: { a: 'x'.repeat(16_384) } },
      /less than 16KiB/,
    ],
    ['aliases of versions that exist', { replication, aliases: { a: 1 } }, /does not exist/],
    ['a lifetime', { replication, ttlMs: 0 }, /in the future/],
  ])('ask for %s', (_, secret, message) => {
    const { engine } = harness();
    expect(() => engine.createSecret(parent, 'a', secret)).toThrow(
      refused('INVALID_ARGUMENT', message),
    );
  });

  it('belong to one project', () => {
    const { engine } = harness();
    expect(() => engine.createSecret('projects/x', 'a', { replication })).toThrow(
      refused('PERMISSION_DENIED', 'project x'),
    );
    expect(() => engine.getSecret('projects/x/secrets/a')).toThrow(
      refused('PERMISSION_DENIED', 'project x'),
    );
    expect(() => engine.getSecret('a')).toThrow(refused('INVALID_ARGUMENT', 'expected format'));
  });

  it('change in the named fields only', () => {
    const { engine } = harness();
    const { etag } = engine.createSecret(parent, 'a', { replication, labels: { a: '1' } });
    const changes = { labels: { b: '2' }, annotations: { c: '3' } };
    const changed = engine.updateSecret(name, changes, ['annotations']);
    expect(changed).toMatchObject({ labels: { a: '1' }, annotations: { c: '3' } });
    expect(changed.etag).not.toBe(etag);
    expect(() => engine.updateSecret(name, changes, ['labels'], etag)).toThrow(
      refused('FAILED_PRECONDITION', 'etag'),
    );
    expect(() => engine.updateSecret(name, changes, [])).toThrow(
      refused('INVALID_ARGUMENT', 'mask'),
    );
    expect(() => engine.deleteSecret(name, etag)).toThrow(refused('FAILED_PRECONDITION', 'etag'));
  });

  it('take 50 aliases, of versions that exist', () => {
    const { engine } = harness();
    engine.createSecret(parent, 'a', { replication });
    engine.addSecretVersion(name, value);
    const many = (count: number) => ({
      aliases: Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, 1])),
    });
    engine.updateSecret(name, many(50), ['aliases']);
    expect(() => engine.updateSecret(name, many(51), ['aliases'])).toThrow(/No more than 50/);
    expect(() => engine.updateSecret(name, { aliases: { b: 2 } }, ['aliases'])).toThrow(
      /version \[2\], which does not exist/,
    );
  });

  it('are listed newest first, counted when there is no filter', () => {
    const { engine } = harness();
    for (const id of ['a', 'b', 'c']) engine.createSecret(parent, id, { replication });
    const first = engine.listSecrets(parent, { size: 2 });
    expect(first.total).toBe(3);
    expect(first.items.map((secret) => secret.name.at(-1))).toEqual(['c', 'b']);
    engine.deleteSecret(`${parent}/secrets/b`);
    engine.createSecret(parent, 'd', { replication });
    const second = engine.listSecrets(parent, { size: 2, token: first.next ?? '' });
    expect(second.items.map((secret) => secret.name.at(-1))).toEqual(['a']);
    expect(second.next).toBeUndefined();
    expect(engine.listSecrets(parent, { filter: 'name:a' }).total).toBe(0);
  });
});

describe('expiry', () => {
  it('removes a secret and its values from the store', () => {
    const { engine, clock, store } = harness();
    engine.createSecret(parent, 'a', { replication, ttlMs: 60_000 });
    engine.addSecretVersion(name, value);
    expect(engine.nextDue()).toBe(clock.now + 60_000);
    clock.now += 59_999;
    engine.take();
    expect(engine.readSecret('a', '1')).toEqual(value);
    clock.now += 1;
    expect(engine.take()).toEqual([]);
    expect(store.entries('secrets.secrets')).toEqual([]);
    expect(store.entries('secrets.versions')).toEqual([]);
    expect(engine.nextDue()).toBeUndefined();
  });

  it('happens also while nothing runs', () => {
    const { engine, clock, store, restart } = harness();
    engine.createSecret(parent, 'a', { replication, expireAt: clock.now + 1_000 });
    clock.now += 1_000;
    expect(() => restart().getSecret(name)).toThrow(refused('NOT_FOUND', 'not found'));
    expect(store.entries('secrets.secrets')).toEqual([]);
  });

  it('can be put off, and called off', () => {
    const { engine, clock } = harness();
    engine.createSecret(parent, 'a', { replication, ttlMs: 1_000 });
    engine.updateSecret(name, { expireAt: clock.now + 5_000 }, ['expireAt']);
    clock.now += 1_000;
    expect(engine.getSecret(name).expireAt).toBe(clock.now + 4_000);
    engine.updateSecret(name, {}, ['expireAt']);
    clock.now += 1e9;
    expect(engine.getSecret(name)).not.toHaveProperty('expireAt');
  });
});

describe('versions', () => {
  const withVersion = () => {
    const made = harness();
    made.engine.createSecret(parent, 'a', { replication });
    made.engine.addSecretVersion(name, value);
    return made;
  };

  it('are verified against the checksum that comes with them', () => {
    const { engine } = withVersion();
    const { checksum } = engine.accessSecretVersion(`${name}/versions/1`);
    expect(engine.addSecretVersion(name, value, checksum)).toMatchObject({ checksumSent: true });
    expect(() => engine.addSecretVersion(name, value, checksum + 1)).toThrow(
      refused('INVALID_ARGUMENT', 'data_crc32c'),
    );
  });

  it('cannot be read while they are disabled', () => {
    const { engine } = withVersion();
    expect(engine.disableSecretVersion(`${name}/versions/1`).state).toBe('DISABLED');
    expect(() => engine.readSecret('a', 'latest')).toThrow(
      refused('FAILED_PRECONDITION', /^Secret Version \[.*\/a\/versions\/1\] is in DISABLED state/),
    );
    engine.enableSecretVersion(`${name}/versions/1`);
    expect(engine.readSecret('a', 'latest')).toEqual(value);
  });

  it('lose their value for good when they are destroyed', () => {
    const { engine, clock, store } = withVersion();
    const destroyed = engine.destroySecretVersion(`${name}/versions/1`);
    expect(destroyed).toMatchObject({ state: 'DESTROYED', destroyedAt: clock.now });
    expect(JSON.stringify(store.entries('secrets.versions'))).not.toContain(
      value.toString('base64'),
    );
    const refusal = refused('FAILED_PRECONDITION', 'is in DESTROYED state');
    expect(() => engine.readSecret('a', '1')).toThrow(refusal);
    expect(() => engine.enableSecretVersion(`${name}/versions/1`)).toThrow(refusal);
    expect(() => engine.destroySecretVersion(`${name}/versions/1`)).toThrow(refusal);
    expect(engine.addSecretVersion(name, value).name).toBe(`${name}/versions/2`);
  });

  it('are only disabled when they are destroyed, until the delay of their secret has passed', () => {
    const { engine, clock, restart } = withVersion();
    const day = 86_400_000;
    engine.updateSecret(name, { destroyTtlMs: day }, ['destroyTtlMs']);
    const version = `${name}/versions/1`;
    const scheduled = engine.destroySecretVersion(version);
    expect(scheduled).toMatchObject({ state: 'DISABLED', destroyAt: clock.now + day });
    expect(() => engine.readSecret('a', '1')).toThrow(/DISABLED/);
    clock.now += day - 1;
    expect(engine.enableSecretVersion(version)).not.toHaveProperty('destroyAt');
    clock.now += day;
    expect(engine.readSecret('a', '1')).toEqual(value);
    engine.destroySecretVersion(version);
    clock.now += day;
    const gone = { state: 'DESTROYED', destroyedAt: clock.now };
    expect(restart().listSecretVersions(name, {}).items).toMatchObject([gone]);
    expect(() => engine.enableSecretVersion(version)).toThrow(/DESTROYED/);
  });

  it.each([86_400_000 - 1, 1_000 * 86_400_000 + 1])(
    'are not destroyed after %i ms',
    (destroyTtlMs) => {
      const { engine } = withVersion();
      expect(() => engine.updateSecret(name, { destroyTtlMs }, ['destroyTtlMs'])).toThrow(
        refused('INVALID_ARGUMENT', 'between 24 hours and 1000 days'),
      );
    },
  );

  it('are the latest whatever their state', () => {
    const { engine } = withVersion();
    engine.addSecretVersion(name, Buffer.from('second'));
    engine.destroySecretVersion(`${name}/versions/2`);
    expect(() => engine.readSecret('a', 'latest')).toThrow(/versions\/2\] is in DESTROYED state/);
  });

  it('are changed by number only', () => {
    const { engine } = withVersion();
    engine.updateSecret(name, { aliases: { token: 1 } }, ['aliases']);
    expect(engine.getSecretVersion(`${name}/versions/token`).name).toBe(`${name}/versions/1`);
    for (const version of ['latest', 'token']) {
      expect(() => engine.disableSecretVersion(`${name}/versions/${version}`)).toThrow(
        refused('NOT_FOUND', 'not found'),
      );
    }
  });

  it('are listed newest first, by state if wanted', () => {
    const { engine } = withVersion();
    engine.addSecretVersion(name, value);
    engine.disableSecretVersion(`${name}/versions/1`);
    const numbers = (filter: string) =>
      engine.listSecretVersions(name, { filter }).items.map((version) => version.name.at(-1));
    expect(numbers('')).toEqual(['2', '1']);
    expect(numbers('state:ENABLED')).toEqual(['2']);
  });

  it('are read by id or full name, over a restart', () => {
    const { engine, restart } = withVersion();
    engine.updateSecret(name, { aliases: { token: 1 } }, ['aliases']);
    const next = restart();
    expect(next.readSecret('a', 'token')).toEqual(value);
    expect(next.readSecret(name, '1')).toEqual(value);
    expect(() => next.readSecret('b', '1')).toThrow(refused('NOT_FOUND', 'not found'));
    expect(next.addSecretVersion(name, value).name).toBe(`${name}/versions/2`);
  });

  it('are not changed by what a reader does to a value', () => {
    const { engine } = withVersion();
    engine.readSecret('a', '1').fill(0);
    expect(engine.readSecret('a', '1')).toEqual(value);
  });
});
