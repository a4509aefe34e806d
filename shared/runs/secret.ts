import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports/index.ts';
import type { Run } from './run.ts';

/**
 * A run's own secret is `<run id>.<64 hex digits>`: it names the run it belongs to, so the gateway reads one document to
 * check it. It reaches the container as `SHUTDOWN_SECRET`; the document has only its hash (D17).
 */
export function newRunSecret(random: Random, runId: string): { secret: string; hash: string } {
  const secret = `${runId}.${Buffer.from(random.bytes(32)).toString('hex')}`;
  return { secret, hash: hashOf(secret).toString('hex') };
}

/** The run a secret claims to belong to, or undefined when it has not the form of one. */
export function claimedRun(secret: string): string | undefined {
  return /^([a-z0-9-]{1,62})\.[0-9a-f]{64}$/.exec(secret)?.[1];
}

/** Whether `secret` is one of this run's, compared in constant time. One that shut itself down has none any more. */
export function ownsSecret(run: Run, secret: string): boolean {
  if (run.shutDown) return false;
  const given = hashOf(secret);
  return run.secretHashes.some((hash) => timingSafeEqual(Buffer.from(hash, 'hex'), given));
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
