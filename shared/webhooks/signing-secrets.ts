import { readCredential } from '../credentials/home.ts';
import { type CredentialReference, credentialId } from '../credentials/reference.ts';
import type { Ports } from '../ports/index.ts';

/** What holding a secret against a request comes to; `missing`: there is none to hold against it. */
export type SecretCheck = 'right' | 'wrong' | 'missing';

/** The secrets that providers sign with, remembered for one function instance. */
export interface SigningSecrets {
  /**
   * Whether the field of the credential satisfies `verify`. One that does not is read again, at most every 5 s, so that a
   * rotated secret works at once and a flood of forgeries costs nothing.
   */
  check(
    reference: CredentialReference,
    field: string,
    verify: (secret: Uint8Array) => boolean,
  ): Promise<SecretCheck>;
}

/** Longest time a secret is trusted without looking again, in ms: a withdrawn one stops working after this. */
const longestMs = 60_000;
/** Shortest time between two looks at a secret that did not fit, in ms. */
const shortestMs = 5_000;

interface Remembered {
  secret: Promise<Uint8Array | undefined>;
  readAt: number;
}

export function createSigningSecrets(
  ports: Pick<Ports, 'secrets' | 'clock' | 'log'>,
): SigningSecrets {
  const remembered = new Map<string, Remembered>();

  const read = (reference: CredentialReference, field: string, longest: number): Remembered => {
    const id = `${credentialId(reference)}.${field}`;
    const now = ports.clock.now();
    const known = remembered.get(id);
    if (known && Math.abs(now - known.readAt) < longest) return known;
    const secret = readSecret(ports, reference, field);
    const fresh = { secret, readAt: now };
    remembered.set(id, fresh);
    secret.catch(() => remembered.delete(id));
    return fresh;
  };

  return {
    check: async (reference, field, verify) => {
      const first = read(reference, field, longestMs);
      const secret = await first.secret;
      if (secret && verify(secret)) return 'right';
      const again = read(reference, field, shortestMs);
      const rotated = again === first ? secret : await again.secret;
      if (rotated === undefined) return 'missing';
      return again !== first && verify(rotated) ? 'right' : 'wrong';
    },
  };
}

/** An empty secret is none: anybody could sign with it. */
async function readSecret(
  ports: Pick<Ports, 'secrets' | 'log'>,
  reference: CredentialReference,
  field: string,
): Promise<Uint8Array | undefined> {
  const fields = await readCredential(ports, reference);
  const secret = fields && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (secret && secret.byteLength > 0) return secret;
  ports.log.error('webhook secret is not in Secret Manager: nothing signed with it is known', {
    credential: `${reference.type}:${reference.instance}`,
    field,
  });
  return undefined;
}
