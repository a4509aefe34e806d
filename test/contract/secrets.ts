import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secrets } from '../../shared/ports/index.ts';
import type { TestClock } from './tasks.ts';

/** One implementation of {@link Secrets}, on an empty project. */
export interface SecretsUnderTest {
  secrets: Secrets;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array): string => new TextDecoder().decode(value);

/** What every implementation of {@link Secrets} must do. `clock` is the one its secrets expire by. */
export function secretsContract(
  name: string,
  clock: TestClock,
  setup: () => Promise<SecretsUnderTest>,
): void {
  describe(`secrets: ${name}`, () => {
    let under: SecretsUnderTest;
    let secrets: Secrets;

    beforeEach(async () => {
      under = await setup();
      secrets = under.secrets;
    });
    afterEach(() => under.close());

    const refusedWith = (code: string) => ({ name: 'CloudError', code });

    it('describes a secret with its labels and no alias', async () => {
      const before = clock.now();
      expect(await secrets.create({ id: 'a', labels: { run: 'x-1', kind: 'run' } })).toBe(
        'created',
      );
      const found = await secrets.get('a');
      expect(found).toEqual({
        id: 'a',
        labels: { run: 'x-1', kind: 'run' },
        aliases: {},
        createdAt: expect.any(Number),
      });
      expect(found?.createdAt).toBeGreaterThanOrEqual(before);
      expect(found?.createdAt).toBeLessThanOrEqual(clock.now());
    });

    it('leaves a secret that is there as it is', async () => {
      await secrets.create({ id: 'a', labels: { run: 'first' } });
      expect(await secrets.create({ id: 'a', labels: { run: 'second' } })).toBe('exists');
      expect((await secrets.get('a'))?.labels).toEqual({ run: 'first' });
    });

    it('answers undefined, or absent, for a secret that is not there', async () => {
      expect(await secrets.get('none')).toBeUndefined();
      expect(await secrets.delete('none')).toBe('absent');
    });

    it('numbers versions from 1 and gives each back to the byte', async () => {
      await secrets.create({ id: 'a', labels: {} });
      const binary = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      expect(await secrets.addVersion('a', binary)).toBe('1');
      expect(await secrets.addVersion('a', bytes('two'))).toBe('2');
      expect(new Uint8Array(await secrets.access('a', '1'))).toEqual(binary);
      expect(text(await secrets.access('a', '2'))).toBe('two');
      expect(text(await secrets.access('a', 'latest'))).toBe('two');
    });

    it('takes a value of 64 KiB and refuses one byte more, and none', async () => {
      await secrets.create({ id: 'a', labels: {} });
      expect(await secrets.addVersion('a', new Uint8Array(65_536).fill(7))).toBe('1');
      await expect(secrets.addVersion('a', new Uint8Array(65_537))).rejects.toMatchObject(
        refusedWith('invalid_argument'),
      );
      await expect(secrets.addVersion('a', new Uint8Array())).rejects.toMatchObject(
        refusedWith('invalid_argument'),
      );
    });

    it('refuses a value, an alias and an access where nothing is', async () => {
      const notFound = refusedWith('not_found');
      await expect(secrets.addVersion('none', bytes('x'))).rejects.toMatchObject(notFound);
      await expect(secrets.setAliases('none', {})).rejects.toMatchObject(notFound);
      await expect(secrets.access('none', '1')).rejects.toMatchObject(notFound);
      await secrets.create({ id: 'a', labels: {} });
      await expect(secrets.access('a', 'latest')).rejects.toMatchObject(notFound);
      await expect(secrets.access('a', '1')).rejects.toMatchObject(notFound);
      await expect(secrets.access('a', 'token')).rejects.toMatchObject(notFound);
    });

    it('gives a version by its alias, and replaces the aliases as a whole', async () => {
      await secrets.create({ id: 'a', labels: {} });
      await secrets.addVersion('a', bytes('one'));
      await secrets.addVersion('a', bytes('two'));
      await secrets.setAliases('a', { token: '1', user: '2' });
      expect((await secrets.get('a'))?.aliases).toEqual({ token: '1', user: '2' });
      expect(text(await secrets.access('a', 'token'))).toBe('one');
      await secrets.setAliases('a', { token: '2' });
      expect((await secrets.get('a'))?.aliases).toEqual({ token: '2' });
      expect(text(await secrets.access('a', 'token'))).toBe('two');
    });

    it.each(['1st', 'latest', 'NEW', 'with space'])('refuses the alias %s', async (alias) => {
      await secrets.create({ id: 'a', labels: {} });
      await secrets.addVersion('a', bytes('one'));
      await expect(secrets.setAliases('a', { [alias]: '1' })).rejects.toMatchObject(
        refusedWith('invalid_argument'),
      );
    });

    it('lists the secrets that carry every one of the labels', async () => {
      await secrets.create({ id: 'a', labels: { kind: 'run', run: 'x-1' } });
      await secrets.create({ id: 'b', labels: { kind: 'run', run: 'x-10' } });
      await secrets.create({ id: 'c', labels: { kind: 'run' } });
      const ids = async (labels: { [key: string]: string }): Promise<string[]> =>
        (await secrets.list(labels)).map(({ id }) => id).sort();
      expect(await ids({ kind: 'run' })).toEqual(['a', 'b', 'c']);
      expect(await ids({ kind: 'run', run: 'x-1' })).toEqual(['a']);
      expect(await ids({ run: 'none' })).toEqual([]);
      expect(await ids({})).toEqual(['a', 'b', 'c']);
    });

    it('reads all pages of a long list', async () => {
      const ids = Array.from({ length: 130 }, (_, n) => `s${n}`);
      await Promise.all(ids.map((id) => secrets.create({ id, labels: { kind: 'many' } })));
      const found = await secrets.list({ kind: 'many' });
      expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort());
    });

    it('deletes a secret with its versions: the same id begins anew', async () => {
      await secrets.create({ id: 'a', labels: {} });
      await secrets.addVersion('a', bytes('old'));
      expect(await secrets.delete('a')).toBe('deleted');
      expect(await secrets.get('a')).toBeUndefined();
      await secrets.create({ id: 'a', labels: {} });
      expect(await secrets.addVersion('a', bytes('new'))).toBe('1');
    });

    it('removes a secret when its time has come', async () => {
      const expiresAt = clock.now() + 300;
      await secrets.create({ id: 'short', labels: { kind: 'e' }, expiresAt });
      await secrets.addVersion('short', bytes('x'));
      await secrets.create({ id: 'long', labels: { kind: 'e' }, expiresAt: expiresAt + 3_600_000 });
      while (clock.now() <= expiresAt) await clock.pass();
      expect(await secrets.get('short')).toBeUndefined();
      expect((await secrets.list({ kind: 'e' })).map(({ id }) => id)).toEqual(['long']);
      await expect(secrets.access('short', '1')).rejects.toMatchObject(refusedWith('not_found'));
      expect(await secrets.create({ id: 'short', labels: {} })).toBe('created');
    });

    it('refuses bad ids, bad labels and an end in the past', async () => {
      const refused = refusedWith('invalid_argument');
      const labels = {};
      await expect(secrets.create({ id: 'a.b', labels })).rejects.toMatchObject(refused);
      await expect(secrets.create({ id: 'a'.repeat(256), labels })).rejects.toMatchObject(refused);
      await expect(secrets.create({ id: 'a', labels: { Key: 'v' } })).rejects.toMatchObject(
        refused,
      );
      await expect(secrets.create({ id: 'a', labels: { key: 'V' } })).rejects.toMatchObject(
        refused,
      );
      await expect(
        secrets.create({ id: 'a', labels, expiresAt: clock.now() - 1 }),
      ).rejects.toMatchObject(refused);
      expect(await secrets.get('a')).toBeUndefined();
    });
  });
}
