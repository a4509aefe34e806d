import type { Pace } from '../agents/pace.ts';
import type { Pause } from '../agents/state.ts';
import type { Ports } from '../ports/index.ts';
import type { Project } from './project.ts';
import { readRelease } from './release-format.ts';

/** `releases/<id>`: one published, immutable version of a project. */
export type Release = Project & {
  /** ISO time at which these contents were published first. */
  publishedAt: string;
  /** Who published them first: an e-mail address, `key:<name>`; absent: nobody in particular. */
  publishedBy?: string;
  /** The shape that it was written in; absent: 0, of before there was a number. */
  format?: number;
  /** Version of the Drover that made it; absent: it did not say. */
  drover?: string;
};

/** `project/current`: which release is current, and the slots of the whole project (D9). */
export type Current = {
  release: string;
  /** ISO time since which it is this one: the same contents may be published again, long after they were first. */
  publishedAt: string;
  /** When the pointer came to it (ISO time), and on whose word; null: nobody's in particular. Absent: an older Drover moved it. */
  moved?: { at: string; by: string | null };
  /** What was current before, the newest first: a rollback goes to the first of it. */
  history?: string[];
  /** Ids of the runs that have a slot, kept only while the release limits the project's `scale`. */
  inFlight: string[];
  paused: Pause | null;
  /** What was admitted until then is not counted against the size of any queue. */
  resumedAt: Date | null;
  /** How fast it launches since a quota was in the way; null before that ever happened. */
  pace: Pace | null;
};

export const currentPath = 'project/current';

/** Largest release in bytes of JSON: below Firestore's 1 MiB a document (Firestore quotas page). */
export const largestRelease = 900_000;

/** A release with its id. */
export interface Published {
  id: string;
  release: Release;
}

/** Reads releases for one function instance, remembering what cannot change. */
export interface Releases {
  /**
   * The current release, at most `pointerMs` old, with the time since which it is current; undefined before the first
   * publication.
   */
  current(): Promise<Published | undefined>;
  /**
   * A release by id. It must exist: runs point at it.
   *
   * @throws UnreadableRelease
   */
  get(id: string): Promise<Release>;
}

/** How long an instance goes on with the pointer it read, in ms: a publication is seen everywhere after this. */
export const pointerMs = 5_000;

export function createReleases(ports: Pick<Ports, 'documents' | 'clock'>): Releases {
  const known = new Map<string, Promise<Release>>();
  let pointer: { id: string; publishedAt: string | undefined; readAt: number } | undefined;

  const get = (id: string): Promise<Release> => {
    const found = known.get(id);
    if (found) return found;
    const reading = read(ports, id);
    known.set(id, reading);
    reading.catch(() => known.delete(id));
    return reading;
  };

  return {
    get,
    current: async () => {
      const now = ports.clock.now();
      if (!pointer || Math.abs(now - pointer.readAt) >= pointerMs) {
        const current = await ports.documents.get<Current>(currentPath);
        if (!current) return undefined;
        // What was published by an older Drover does not have it.
        const { publishedAt } = current.data as Partial<Current>;
        pointer = { id: current.data.release, publishedAt, readAt: current.readAt };
      }
      const { id, publishedAt } = pointer;
      const release = await get(id);
      return { id, release: publishedAt === undefined ? release : { ...release, publishedAt } };
    },
  };
}

async function read(ports: Pick<Ports, 'documents'>, id: string): Promise<Release> {
  const document = await ports.documents.get(`releases/${id}`);
  if (!document)
    throw new Error(`release ${id} is missing: it was deleted while something still points at it`);
  return readRelease(id, document.data);
}
