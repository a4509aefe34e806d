import { type Actor, auditWrite } from '../audit/audit.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import { holdingOf } from './holder.ts';
import { type Lock, lockPath } from './lock.ts';
import { cutWhy, free } from './tenure.ts';

export type Broken = { outcome: 'broken'; holder: string; fence: number } | { outcome: 'free' };

/**
 * Takes a lock away from whoever holds it, on an operator's word. Who did it and why stays on the lock, and in the audit. The
 * run goes on and learns of it when it next asks about the lock; its fence is stale as soon as somebody else takes it.
 *
 * @param only The fence of the tenure that is to end. Whoever has the lock by another keeps it, and it is as if nobody held it; so
 * the same may be asked again when an answer is lost. Default: whoever holds it.
 */
export async function breakLock(
  ports: Ports,
  key: string,
  actor: Actor,
  only?: number,
): Promise<Broken> {
  const why = cutWhy(`${actor.who} took it away: ${actor.why || 'no reason given'}`);
  /** The fence that we have tried to break already, or may have: the answer may be all that was lost. */
  let tried = only;
  const broken = await optimistically(ports, async (commit): Promise<Broken> => {
    const lock = await ports.documents.get<Lock>(lockPath(key));
    if (!lock) return { outcome: 'free' };
    const { last, fence } = lock.data;
    // Another operator may have been faster; then it is that one's, and so is the entry in the audit.
    if (last?.loss === 'broken' && last.fence === tried && last.why === why) {
      return { outcome: 'broken', holder: last.holder, fence: last.fence };
    }
    if (only !== undefined && fence !== only) return { outcome: 'free' };
    const { holder } = await holdingOf(ports, lock.data, lock.readAt);
    if (holder === undefined) return { outcome: 'free' };
    tried = fence;
    await commit([
      free(lock, lock.readAt, 'broken', why),
      auditWrite(ports, actor, 'lock.break', lock.path),
    ]);
    return { outcome: 'broken', holder, fence };
  });
  if (broken.outcome === 'broken') {
    ports.log.info('lock broken', { runId: broken.holder, who: actor.who, fence: broken.fence });
  }
  return broken;
}
