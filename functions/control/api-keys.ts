import { createHash, timingSafeEqual } from 'node:crypto';
import { homeSecretId, readCredential } from '../../shared/credentials/home.ts';
import { Retryable } from '../../shared/errors.ts';
import type { Ports } from '../../shared/ports/index.ts';

/** What a caller may do: look, or look and change. */
export type Role = 'viewer' | 'operator';

/** The instances of the credential `gateway_api_key`, and what their `key` is good for. */
const roles: { readonly [instance: string]: Role } = { default: 'operator', viewer: 'viewer' };

/** A key that was found good. */
export interface GoodKey {
  /** Which one it is: the instance of the credential. */
  name: string;
  role: Role;
}

/** The keys of the control API, remembered for one function instance. */
export interface ApiKeys {
  /** Whose key this is; undefined when it is nobody's. Throws {@link Retryable} while Secret Manager does not answer. */
  find(key: string): Promise<GoodKey | undefined>;
}

/** Longest time in ms that keys are trusted without looking again: a withdrawn one stops working after this. */
const longestMs = 10_000;
/** Shortest time in ms between two looks because a key did not fit: a rotated one works after this, and a flood costs nothing. */
const shortestMs = 2_000;

interface StoredKey extends GoodKey {
  hash: Uint8Array;
}

interface Look {
  /** Null: Secret Manager did not answer. */
  keys: Promise<StoredKey[] | null>;
  at: number;
}

export function createApiKeys(ports: Pick<Ports, 'secrets' | 'clock' | 'log'>): ApiKeys {
  let last: Look | undefined;

  const look = (longest: number): Look => {
    const now = ports.clock.now();
    if (last && Math.abs(now - last.at) < longest) return last;
    last = { keys: readKeys(ports), at: now };
    return last;
  };

  return {
    find: async (key) => {
      const hash = hashOf(key);
      const first = look(longestMs);
      const found = keyOf(await first.keys, hash);
      if (found) return found;
      const again = look(shortestMs);
      const keys = await again.keys;
      if (keys === null) throw new Retryable('the keys of the control API could not be read', 2);
      return again === first ? undefined : keyOf(keys, hash);
    },
  };
}

/** Every key is compared, in constant time: how long it takes tells nothing of which one was nearly right. */
function keyOf(keys: readonly StoredKey[] | null, hash: Uint8Array): GoodKey | undefined {
  const [found] = (keys ?? []).filter((key) => timingSafeEqual(key.hash, hash));
  return found && { name: found.name, role: found.role };
}

async function readKeys(ports: Pick<Ports, 'secrets' | 'log'>): Promise<StoredKey[] | null> {
  try {
    const stored = await Promise.all(
      Object.entries(roles).map(async ([name, role]): Promise<StoredKey[]> => {
        const reference = { type: 'gateway_api_key', instance: name };
        const fields = await readCredential(ports, reference);
        // A file that a key was kept in often ends with its line.
        const key = Buffer.from(fields?.key ?? [])
          .toString()
          .trim();
        return key === '' ? [] : [{ name, role, hash: hashOf(key) }];
      }),
    );
    const keys = stored.flat();
    if (keys.length === 0) {
      const secret = homeSecretId({ type: 'gateway_api_key', instance: 'default' });
      ports.log.warn('the control API has no key: only Google identities get in', { secret });
    }
    return keys;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    ports.log.error('the keys of the control API could not be read', { error: why });
    return null;
  }
}

function hashOf(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}
