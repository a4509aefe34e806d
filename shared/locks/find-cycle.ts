import type { Ports, Version } from '../ports/index.ts';
import { holdingOf } from './holder.ts';
import { type Lock, lockPath, type Wait, waitPath } from './lock.ts';

/** Most runs of a ring that is looked for: the answer must come in seconds, and each costs two round trips. */
const mostRuns = 32;

/** How often a ring that changes while it is looked at is looked at once more. */
const mostLooks = 3;

/** A way from a run back to itself, and by what one can tell whether it was the same a moment later. */
interface Ring {
  /** The run, the key that it wants, the run that holds that key, the key that this one wants, and so on. */
  cycle: string[];
  marks: (number | Version)[];
}

/**
 * The ring of runs that wait for each other which `runId` closes by wanting `key`; undefined where there is none. The ring is
 * real: what two looks at it find unchanged was there, all of it, at the time between them.
 */
export async function findCycle(
  ports: Pick<Ports, 'documents'>,
  runId: string,
  key: string,
): Promise<string[] | undefined> {
  let before: Ring | undefined;
  for (let look = 1; look <= mostLooks; look += 1) {
    const ring = await followWaits(ports, runId, key);
    if (!ring) return undefined;
    if (before && isSame(before, ring)) return ring.cycle;
    before = ring;
  }
  return undefined;
}

async function followWaits(
  ports: Pick<Ports, 'documents'>,
  runId: string,
  key: string,
): Promise<Ring | undefined> {
  const ring: Ring = { cycle: [], marks: [] };
  const passed = new Set<string>();
  for (let [from, wanted] = [runId, key]; passed.size < mostRuns; ) {
    const lock = await ports.documents.get<Lock>(lockPath(wanted));
    if (!lock?.data.holder) return undefined;
    const [{ holder }, wait] = await Promise.all([
      holdingOf(ports, lock.data, lock.readAt),
      ports.documents.get<Wait>(waitPath(lock.data.holder)),
    ]);
    if (holder === undefined || passed.has(holder)) return undefined;
    ring.cycle.push(from, wanted);
    // The fence and not the version: a holder that shows life is the same holder.
    ring.marks.push(lock.data.fence);
    // Whoever got the key meanwhile, by another request of its own, is in no ring with itself.
    if (holder === runId) return from === runId ? undefined : ring;
    if (!wait || wait.readAt >= wait.data.until.getTime()) return undefined;
    ring.marks.push(wait.version);
    passed.add(holder);
    [from, wanted] = [holder, wait.data.key];
  }
  return undefined;
}

function isSame(one: Ring, other: Ring): boolean {
  return same(one.cycle, other.cycle) && same(one.marks, other.marks);
}

function same<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
