import { unlessContended } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import { sweepMs } from '../runs/due.ts';
import type { Run } from '../runs/run.ts';
import { wakeDispatch, wakePoll } from '../runs/wake.ts';
import { removeOrphans } from './orphans.ts';

/** Overdue runs that one sweep wakes; more are left to the next. */
const batch = 300;
/** How long a queued run that is waiting for a slot is left alone once its agent was woken, in ms. */
const waitingMs = 10 * sweepMs;

/** What a sweep found. */
export interface Swept {
  overdue: number;
  /** Jobs and secrets that had no run to belong to any more. */
  orphans: number;
}

/** Re-sends the wake-up of every run that is overdue (D1), and removes what has no owner (D6). */
export async function sweep(ports: Ports): Promise<Swept> {
  const now = ports.clock.now();
  const overdue = await ports.documents.query<Run>({
    collection: 'runs',
    where: [['dueAt', '<=', new Date(now)]],
    orderBy: [['dueAt', 'asc']],
    limit: batch,
  });
  const waiting = overdue.filter((run) => run.data.state === 'queued');
  const toDispatch = overdue.filter(
    ({ data }) => data.state === 'queued' || data.state === 'launching',
  );
  const toPoll = overdue.filter((run) => run.data.state !== 'queued');
  const agents = new Set(toDispatch.map((run) => run.data.agent));
  await putOff(ports, waiting, now);
  await Promise.all([
    ...[...agents].map((agent) => wakeDispatch(ports, agent)),
    ...toPoll.map((run) => wakePoll(ports, run.id)),
  ]);
  return { overdue: overdue.length, orphans: await removeOrphans(ports) };
}

/**
 * A long queue must not hide the runs behind it from the sweep: those that wait are looked at less often. Where one of them
 * was taken meanwhile, all stay due until the next sweep.
 */
async function putOff(ports: Ports, waiting: Document<Run>[], now: number): Promise<void> {
  if (waiting.length === 0) return;
  const dueAt = new Date(now + waitingMs);
  await unlessContended(() =>
    ports.documents.commit(
      waiting.map(({ path, version }) => ({ op: 'update', path, version, fields: { dueAt } })),
    ),
  );
}
