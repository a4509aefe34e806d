import type { Found, Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { type Holding, holdingOf, isExpired, readSpeaker } from './holder.ts';
import { type Lock, lockPath } from './lock.ts';

/** What a container asks for, and in whose name. */
export interface LockRequest {
  /** The run's own secret. */
  secret: string;
  key: string;
}

/** The secret is nobody's, or its run is over. */
export interface NoSuchRun {
  outcome: 'no such run';
}

/** What a request is decided by. */
export interface Case {
  run: Found<Run>;
  lock: Found<Lock> | undefined;
  /** When the lock was read, in ms since the epoch, by Firestore's clock (docs/decisions/0012). */
  now: number;
  holding: Holding;
}

/** Reads everything that a request about a lock is decided by; undefined: there is no such run. */
export async function readCase(
  ports: Pick<Ports, 'documents'>,
  { secret, key }: LockRequest,
): Promise<Case | undefined> {
  const [run, lock] = await Promise.all([
    readSpeaker(ports, secret),
    ports.documents.get<Lock>(lockPath(key)),
  ]);
  if (!run) return undefined;
  if (!lock) {
    return { run, lock, now: run.readAt, holding: { holder: undefined, loss: 'expired' } };
  }
  const now = lock.readAt;
  const { holder } = lock.data;
  const isOwn = holder === run.id && !isExpired(lock.data, now);
  const holding = isOwn ? { holder: run.id } : await holdingOf(ports, lock.data, now);
  return { run, lock, now, holding };
}
