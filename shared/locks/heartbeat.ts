import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { type LockRequest, type NoSuchRun, readCase } from './case.ts';
import type { NotOwn } from './release.ts';
import { prolong } from './tenure.ts';
import { ttlMsOf } from './ttl.ts';

/** Until when it is the run's, in ms since the epoch, and under which fence. */
export type Kept = { outcome: 'kept'; until: number; fence: number } | NotOwn | NoSuchRun;

/**
 * Lets a run keep a lock that it holds for `ttl` from now on. A lock whose time has passed is not revived, and none is kept
 * longer than `longestTtl` in all.
 *
 * @param ttl Seconds. Default: what the project says.
 */
export async function keepLock(
  ports: Ports,
  releases: Releases,
  { ttl, ...request }: LockRequest & { ttl?: number | undefined },
): Promise<Kept> {
  return optimistically(ports, async (commit): Promise<Kept> => {
    const found = await readCase(ports, request);
    if (!found) return { outcome: 'no such run' };
    const { run, lock, now, holding } = found;
    if (!lock || holding.holder === undefined) return { outcome: 'no such lock' };
    if (holding.holder !== run.id) return { outcome: 'held', holder: holding.holder };
    const ttlMs = await ttlMsOf(releases, run.data, ttl);
    const { write, until, fence } = prolong(lock, { now, ttlMs, asksAgain: false });
    await commit([write]);
    return { outcome: 'kept', until, fence };
  });
}
