import type { Document, Ports } from '../ports/index.ts';
import { isAlive } from './holder.ts';
import type { Lock, Wait } from './lock.ts';

/** A lock that somebody holds now. */
export interface HeldLock {
  key: string;
  /** Id of the run that holds it. */
  holder: string;
  agent: string;
  fence: number;
  /** When the holder got it, and when it last asked for it. */
  takenAt: Date;
  since: Date;
  /** When it lapses. */
  until: Date;
  /** Ids of the runs that wait for it. */
  waiting: string[];
}

/** The locks that are held now and who waits for them, those that lapse first first. A run that is over holds nothing (D8). */
export async function listLocks(
  { documents, clock }: Pick<Ports, 'documents' | 'clock'>,
  limit: number,
): Promise<HeldLock[]> {
  const unlapsed = {
    where: [['until', '>', new Date(clock.now())]],
    orderBy: [['until', 'asc']],
    limit,
  } as const;
  const [locks, waits] = await Promise.all([
    documents.query<Lock>({ collection: 'locks', ...unlapsed }),
    documents.query<Wait>({ collection: 'waits', ...unlapsed }),
  ]);
  const held = locks.flatMap((lock) => heldBy(lock, waits) ?? []);
  const holders = [...new Set(held.map(({ holder }) => holder))];
  const alive = await Promise.all(holders.map((id) => isAlive({ documents }, id)));
  return held.filter(({ holder }) => alive[holders.indexOf(holder)]);
}

function heldBy({ data }: Document<Lock>, waits: readonly Document<Wait>[]): HeldLock | undefined {
  const { key, holder, agent, fence, takenAt, since, until } = data;
  if (holder === null || agent === null) return undefined;
  const waiting = waits.filter((wait) => wait.data.key === key).map(({ id }) => id);
  return { key, holder, agent, fence, takenAt, since, until, waiting };
}
