import { unlessContended } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { eventId } from '../runs/advance.ts';
import { inputPath } from '../runs/input.ts';
import { isLong } from '../runs/long-text.ts';
import { valuePath } from '../runs/return-value.ts';
import type { Run } from '../runs/run.ts';
import { isOver } from '../runs/states.ts';
import { expiryOf, removableUntil } from './days.ts';
import { inTurns } from './in-turns.ts';

/** Runs that are removed at once; more are left to the next time. A day has room for 115,000. */
const batch = 400;
/** Runs that are removed at the same time: each has a read of chunks of a log in memory. */
const atOnce = 4;
/** Chunks of a log that are read at once: a chunk may have 150,000 characters. */
const chunksAtOnce = 20;
/** Chunks of one run's log that are removed at once. */
const mostChunks = 2_000;
/** Writes of one commit (Firestore allows 500). */
const mostWrites = 400;

/**
 * Removes runs whose time has come, each with its journal, its log, and the texts that it had no room for: a TTL policy would leave
 * those behind. The run itself goes last, so that what is not removed to the end is found again. Answers how many are gone.
 *
 * @param mayGoOn Whether there is time for more. Default: always.
 */
export async function removeOldRuns(
  ports: Ports,
  mayGoOn: () => boolean = () => true,
): Promise<number> {
  const old = await ports.documents.query<Run>({
    collection: 'runs',
    where: [['expireAt', '<=', removableUntil(ports.clock.now())]],
    orderBy: [['expireAt', 'asc']],
    limit: batch,
  });
  const removed = await inTurns(old, atOnce, mayGoOn, (run) => removeRun(ports, run, mayGoOn));
  return removed.filter(Boolean).length;
}

/** Answers whether it is gone. */
async function removeRun(
  ports: Ports,
  run: Document<Run>,
  mayGoOn: () => boolean,
): Promise<boolean> {
  const { path, version, data } = run;
  if (!isOver(data.state) || data.dueAt !== null) {
    // Something of it is left to do, and will be found by the sweep.
    const fields = { expireAt: expiryOf(ports.clock.now(), 1) };
    await unlessContended(() => ports.documents.commit([{ op: 'update', path, version, fields }]));
    return false;
  }
  if (!(await removeLog(ports, path, mayGoOn))) return false;
  const parts = [
    ...Array.from({ length: data.events }, (_, index) => `${path}/events/${eventId(index)}`),
    ...(isLong(data.returnBytes) ? [valuePath(run.id)] : []),
    ...(isLong(data.promptBytes) ? [inputPath(run.id)] : []),
  ].map((part): Write => ({ op: 'delete', path: part }));
  const writes: Write[] = [...parts, { op: 'delete', path, version }];
  let isGone = false;
  await unlessContended(async () => {
    while (writes.length > 0) await ports.documents.commit(writes.splice(0, mostWrites));
    isGone = true;
  });
  return isGone;
}

/** Answers whether nothing of it is left. */
async function removeLog(
  { documents }: Ports,
  run: string,
  mayGoOn: () => boolean,
): Promise<boolean> {
  for (let removed = 0; removed < mostChunks && mayGoOn(); removed += chunksAtOnce) {
    const chunks = await documents.query({ collection: `${run}/logs`, limit: chunksAtOnce });
    if (chunks.length > 0) {
      await documents.commit(chunks.map(({ path }): Write => ({ op: 'delete', path })));
    }
    if (chunks.length < chunksAtOnce) return true;
  }
  return false;
}
