import { createHmac, randomBytes } from 'node:crypto';
import { keepCredential, readCredential } from '../../shared/credentials/home.ts';
import type { CredentialReference } from '../../shared/credentials/reference.ts';
import type { Secrets } from '../../shared/ports/index.ts';

/**
 * A short name of a value, to tell whether two values are the same without showing either: the first 8 hexadecimal digits of an
 * HMAC-SHA-256. It has a key because a plain hash of a short secret tells it to whoever tries all short secrets; and what is hashed
 * names the credential, so that one value in two of them does not show.
 */
export function fingerprintOf(
  key: Uint8Array,
  { type, instance }: CredentialReference,
  value: Uint8Array,
): string {
  const hash = createHmac('sha256', key).update(`${type}:${instance}\0`).update(value);
  return hash.digest('hex').slice(0, 8);
}

/**
 * Where the key lives: among the credentials, so that whoever may read those, and nobody else, can say what a fingerprint is of, and
 * all of them see the same one for the same value.
 */
export const fingerprintKey: CredentialReference = {
  type: 'drover_fingerprint',
  instance: 'default',
};

const field = 'key';

/** The key; undefined before the first credential was pushed. */
export async function readFingerprintKey(secrets: Secrets): Promise<Uint8Array | undefined> {
  const fields = await readCredential({ secrets }, fingerprintKey);
  return fields?.[field];
}

/** The key, which is made when there is none. One that is there stays: with another, no fingerprint would be as it was. */
export async function makeFingerprintKey(secrets: Secrets): Promise<Uint8Array> {
  const known = await readFingerprintKey(secrets);
  if (known) return known;
  const key = randomBytes(32);
  await keepCredential({ secrets }, fingerprintKey, { [field]: key });
  return key;
}
