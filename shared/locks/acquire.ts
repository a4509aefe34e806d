import { optimistically } from '../optimistic.ts';
import type { Found, Ports, Write } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { type LockRequest, type NoSuchRun, readCase } from './case.ts';
import { findCycle } from './find-cycle.ts';
import { type Wait, waitMs, waitPath } from './lock.ts';
import { clearWaits } from './release-all.ts';
import { grant, prolong } from './tenure.ts';
import { ttlMsOf } from './ttl.ts';

export type Acquired =
  | { outcome: 'acquired'; fence: number }
  /** Somebody else has it, since then (ms since the epoch). */
  | { outcome: 'held'; holder: string; since: number }
  /** So has somebody else, and the ring of runs that wait for each other: the run, what it wants, who has that, and so on. */
  | { outcome: 'deadlock'; cycle: string[] }
  | NoSuchRun;

/**
 * Gives a lock to a run, if nobody else holds it. Never waits: a run that is refused counts as waiting for the key for a while.
 * A run that holds the lock already begins anew under the same fence.
 *
 * @param ttl Seconds. Default: what the project says.
 */
export async function acquireLock(
  ports: Ports,
  releases: Releases,
  { ttl, ...request }: LockRequest & { ttl?: number | undefined },
): Promise<Acquired> {
  const { key } = request;
  return optimistically(ports, async (commit): Promise<Acquired> => {
    const found = await readCase(ports, request);
    if (!found) return { outcome: 'no such run' };
    const { run, lock, now, holding } = found;
    if (lock && holding.holder !== undefined && holding.holder !== run.id) {
      // Before the search: of two runs that refuse each other at once, one must see that the other waits.
      const wait = await ports.documents.get<Wait>(waitPath(run.id));
      if (!isFresh(wait, key)) await commit([waitFor(run.id, key, now, wait)]);
      const cycle = await findCycle(ports, run.id, key);
      if (cycle) {
        ports.log.warn('deadlock', {
          runId: run.id,
          agent: run.data.agent,
          trace: run.data.trace,
          ring: cycle.length / 2,
        });
        return { outcome: 'deadlock', cycle };
      }
      return { outcome: 'held', holder: holding.holder, since: lock.data.since.getTime() };
    }
    const ttlMs = await ttlMsOf(releases, run.data, ttl);
    if (lock && holding.holder !== undefined) {
      const { write, fence } = prolong(lock, { now, ttlMs, asksAgain: true });
      await commit([write]);
      return { outcome: 'acquired', fence };
    }
    const loss = holding.holder === undefined ? holding.loss : 'expired';
    const { write, fence } = grant(lock, key, run, { now, ttlMs, loss });
    await commit([write, clearWaits(run.id)]);
    return { outcome: 'acquired', fence };
  });
}

/**
 * Whether a run is known to wait for the key for long enough. It must not be written anew each time that the run asks: whoever
 * looks for a ring takes a wait that has changed for another one, and runs that keep asking would hide the ring from each other.
 */
function isFresh(wait: Found<Wait> | undefined, key: string): boolean {
  return wait?.data.key === key && wait.data.until.getTime() - wait.readAt > waitMs / 2;
}

function waitFor(runId: string, key: string, now: number, wait: Found<Wait> | undefined): Write {
  const until = new Date(now + waitMs);
  const fields: Wait = { key, until, expireAt: until };
  if (!wait) return { op: 'create', path: waitPath(runId), data: fields };
  return { op: 'update', path: wait.path, version: wait.version, fields };
}
