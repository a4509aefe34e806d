import { logLines } from '../log-lines.ts';
import { unlessContended } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { holdsSlot } from '../runs/states.ts';
import { allSettled } from '../settled.ts';
import { isExpired } from './holder.ts';
import type { Lock } from './lock.ts';
import { free } from './tenure.ts';

/** Locks that one sweep looks at; more are left to the next. */
const batch = 100;

/** How late, in ms, a sweep may come to a lock that is to be freed: it comes each minute. */
const lateMs = 10 * 60_000;
/** Runs that one line names. */
const mostNamed = 10;

/**
 * Frees the locks whose holder is over or whose time has passed, where nobody came for them. Each lock is looked at soon after
 * it was taken, for a run that was ending just then, and once its time has passed. Answers with how many were freed.
 */
export async function sweepLocks(ports: Ports): Promise<number> {
  const due = await ports.documents.query<Lock>({
    collection: 'locks',
    // A hint: whether a time has passed is judged by Firestore's clock (docs/decisions/0012).
    where: [['dueAt', '<=', new Date(ports.clock.now())]],
    orderBy: [['dueAt', 'asc']],
    limit: batch,
  });
  const freed = (await allSettled(due.map((lock) => look(ports, lock)))).flat();
  const overdue = freed.filter(({ isOverdue }) => isOverdue);
  if (overdue.length > 0) {
    const runs = overdue.slice(0, mostNamed).map(({ holder }) => holder);
    ports.log.warn(logLines.overdueLocks, { locks: overdue.length, runs: runs.join(' ') });
  }
  return freed.length;
}

/** A lock that was to be freed. */
interface Freed {
  holder: string;
  /** Whether its holder lives and let its time pass, or nobody freed it for long. */
  isOverdue: boolean;
}

/** Answers with the lock, where it was to be freed. */
async function look(ports: Ports, lock: Document<Lock>): Promise<Freed[]> {
  const { holder, until, dueAt } = lock.data;
  if (holder === null) return [];
  const run = await ports.documents.get<Run>(`runs/${holder}`);
  const isOver = !run || !holdsSlot(run.data.state);
  const now = run?.readAt ?? ports.clock.now();
  const isFree = isOver || isExpired(lock.data, now);
  const write: Write = isFree
    ? free(lock, now, isOver ? 'over' : 'expired')
    : { op: 'update', path: lock.path, version: lock.version, fields: { dueAt: until } };
  await unlessContended(() => ports.documents.commit([write]));
  if (!isFree) return [];
  const isLate = dueAt !== null && now - dueAt.getTime() > lateMs;
  return [{ holder, isOverdue: !isOver || isLate }];
}
