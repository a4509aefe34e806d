import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { memoryStore } from '../local/engines/engine.ts';
import { createSecretsEngine } from '../local/engines/secrets/index.ts';
import { inProcessSecrets } from '../local/in-process/secrets.ts';
import { fingerprintOf, makeFingerprintKey, readFingerprintKey } from './fingerprint.ts';

const reference = { type: 'github_token', instance: 'default' };
const value = Buffer.from('hunter2');

test('a fingerprint is short, and the same for the same value only', () => {
  const key = Buffer.alloc(32, 7);
  const first = fingerprintOf(key, reference, value);
  expect(first).toMatch(/^[0-9a-f]{8}$/);
  expect(fingerprintOf(key, reference, Buffer.from('hunter2'))).toBe(first);
  expect(fingerprintOf(key, reference, Buffer.from('hunter3'))).not.toBe(first);
});

test('a fingerprint is no hash that whoever tries all short values can make', () => {
  const plain = createHash('sha256').update(value).digest('hex');
  const one = fingerprintOf(Buffer.alloc(32, 1), reference, value);
  expect(one).not.toBe(plain.slice(0, 8));
  expect(fingerprintOf(Buffer.alloc(32, 2), reference, value)).not.toBe(one);
});

test('one value in two credentials has two fingerprints', () => {
  const key = Buffer.alloc(32, 7);
  const other = { ...reference, instance: 'work' };
  expect(fingerprintOf(key, other, value)).not.toBe(fingerprintOf(key, reference, value));
});

test('the key is made once, of 32 bytes, and then stays', async () => {
  const context = { now: Date.now, random: Math.random, store: memoryStore() };
  const secrets = inProcessSecrets(createSecretsEngine(context, { project: 'demo' }));
  expect(await readFingerprintKey(secrets)).toBeUndefined();
  const key = await makeFingerprintKey(secrets);
  expect(key).toHaveLength(32);
  expect(Buffer.compare(await makeFingerprintKey(secrets), key)).toBe(0);
  expect((await secrets.list({ drover: 'credential' })).map(({ id }) => id)).toEqual([
    'drover-cred-drover_fingerprint-default',
  ]);
});
