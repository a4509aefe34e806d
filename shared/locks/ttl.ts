import type { Releases } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { defaultTtl, longestTtl } from './lock.ts';

/** What is said of a `ttl` that {@link isTtl} refuses. */
export const ttlProblem = `ttl must be a number of seconds above 0 and at most ${longestTtl}`;

/** Whether a `ttl` is one, in seconds. JSON knows no infinity, and a lock no eternity. */
export function isTtl(ttl: unknown): ttl is number {
  return typeof ttl === 'number' && ttl > 0 && ttl <= longestTtl;
}

/** How long a lock of a run lasts, in ms: what was asked for in seconds, or what its project says. */
export async function ttlMsOf(
  releases: Releases,
  run: Run,
  asked: number | undefined,
): Promise<number> {
  if (asked !== undefined) return Math.ceil(asked * 1_000);
  const { resourceLockTimeout } = await releases.get(run.release);
  return Math.min(resourceLockTimeout ?? defaultTtl, longestTtl) * 1_000;
}
