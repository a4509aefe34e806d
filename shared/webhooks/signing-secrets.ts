import { readCredential } from '../credentials/home.ts';
import { type CredentialReference, credentialId } from '../credentials/reference.ts';
import type { Ports } from '../ports/index.ts';

/** The secrets that providers sign with, remembered for one function instance. */
export interface SigningSecrets {
  /**
   * Whether the credential's secret satisfies `verify`. One that does not is read again, at most every 5 s, so that a
   * rotated secret works at once and a flood of forgeries costs nothing.
   */
  check(reference: CredentialReference, verify: (secret: Uint8Array) => boolean): Promise<boolean>;
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

  const read = (reference: CredentialReference, longest: number): Remembered => {
    const id = credentialId(reference);
    const now = ports.clock.now();
    const known = remembered.get(id);
    if (known && Math.abs(now - known.readAt) < longest) return known;
    const secret = readSecret(ports, reference);
    const fresh = { secret, readAt: now };
    remembered.set(id, fresh);
    secret.catch(() => remembered.delete(id));
    return fresh;
  };

  return {
    check: async (reference, verify) => {
      const first = read(reference, longestMs);
      const secret = await first.secret;
      if (secret && verify(secret)) return true;
      const again = read(reference, shortestMs);
      if (again === first) return false;
      const rotated = await again.secret;
      return rotated !== undefined && verify(rotated);
    },
  };
}

async function readSecret(
  ports: Pick<Ports, 'secrets' | 'log'>,
  reference: CredentialReference,
): Promise<Uint8Array | undefined> {
  const fields = await readCredential(ports, reference);
  const secret = fields?.secret;
  if (!secret) {
    ports.log.error('webhook secret is not in Secret Manager: every delivery is refused', {
      credential: `${reference.type}:${reference.instance}`,
    });
  }
  return secret;
}
