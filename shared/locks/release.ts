import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import { type LockRequest, type NoSuchRun, readCase } from './case.ts';
import { free } from './tenure.ts';

/** What a lock that is not one's own comes to: nobody holds it, or somebody else does. */
export type NotOwn = { outcome: 'no such lock' } | { outcome: 'held'; holder: string };

export type Released = { outcome: 'released' } | NotOwn | NoSuchRun;

/** Gives back a lock that the run holds. */
export async function releaseLock(ports: Ports, request: LockRequest): Promise<Released> {
  /** The fence under which we have tried already: the answer may be all that was lost. */
  let tried: number | undefined;
  return optimistically(ports, async (commit): Promise<Released> => {
    const found = await readCase(ports, request);
    if (!found) return { outcome: 'no such run' };
    const { run, lock, now, holding } = found;
    const last = lock?.data.last;
    // No two holders have had one fence.
    if (last?.loss === 'released' && last.fence === tried) {
      return { outcome: 'released' };
    }
    if (!lock || holding.holder === undefined) return { outcome: 'no such lock' };
    if (holding.holder !== run.id) return { outcome: 'held', holder: holding.holder };
    tried = lock.data.fence;
    await commit([free(lock, now, 'released')]);
    return { outcome: 'released' };
  });
}
