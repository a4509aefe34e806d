import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { isExpired } from './holder.ts';
import { type Lock, waitPath } from './lock.ts';
import { free } from './tenure.ts';

/** Locks of a run that its ending releases in its own commit, of the 500 writes that one may have; more are dead at once. */
const mostLocks = 400;

/** The locks that name a run as their holder, whether or not their time has passed; at most {@link mostLocks}. */
export async function locksOf(
  { documents }: Pick<Ports, 'documents'>,
  runId: string,
): Promise<Document<Lock>[]> {
  return documents.query<Lock>({
    collection: 'locks',
    where: [['holder', '==', runId]],
    limit: mostLocks,
  });
}

/** The writes that release the locks of a run that ends. They belong into the ending's own commit (D6). */
export function releaseLocks(locks: readonly Document<Lock>[], now: number): Write[] {
  return locks.map((lock) => free(lock, now, isExpired(lock.data, now) ? 'expired' : 'over'));
}

/** Whether there may be more locks of a run than one commit could release. */
export function isFullCommit(locks: readonly Document<Lock>[]): boolean {
  return locks.length === mostLocks;
}

/** The write that makes a run wait for nothing any more. */
export function clearWaits(runId: string): Write {
  return { op: 'delete', path: waitPath(runId) };
}

/**
 * Releases whatever still names a run that is over: what it took while its ending was being decided, and what was too much for
 * the ending's commit. Such a lock keeps nobody out; it is only not to be shown as held. Call it when the run is over.
 */
export async function releaseRemaining(ports: Ports, runId: string): Promise<void> {
  let released: number;
  do {
    released = await optimistically(ports, async (commit) => {
      const locks = await locksOf(ports, runId);
      if (locks.length > 0) await commit(releaseLocks(locks, ports.clock.now()));
      return locks.length;
    });
  } while (released === mostLocks);
}
