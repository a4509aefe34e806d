import { createHash } from 'node:crypto';
import { causeOf } from '../runs/names.ts';

/**
 * Milliseconds after a minute that was due at which its run may start: less than `jitter` seconds, the same whenever it is
 * asked, and another for every agent and every minute.
 */
export function jitterOf(agent: string, due: number, jitter: number): number {
  const digest = createHash('sha256')
    .update(causeOf(agent, String(due)))
    .digest();
  return Math.floor((digest.readUIntBE(0, 6) / 2 ** 48) * jitter * 1_000);
}
