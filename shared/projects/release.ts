import type { Document, Ports } from '../ports/index.ts';
import type { Project } from './project.ts';

/** `releases/<id>`: one published, immutable version of a project. */
export type Release = Project & {
  publishedAt: string;
};

/** `project/current`: which release is current, and the slots of the whole project (D9). */
export type Current = {
  release: string;
  /** Ids of the runs that have a slot, kept only while the release limits the project's `scale`. */
  inFlight: string[];
};

export const currentPath = 'project/current';

/** A release with its id. */
export interface Published {
  id: string;
  release: Release;
}

/** Reads releases for one function instance, remembering what cannot change. */
export interface Releases {
  /** The current release, at most `pointerMs` old; undefined before the first publication. */
  current(): Promise<Published | undefined>;
  /** A release by id. It must exist: runs point at it. */
  get(id: string): Promise<Release>;
}

/** How long an instance goes on with the pointer it read, in ms: a publication is seen everywhere after this. */
const pointerMs = 5_000;

export function createReleases(ports: Pick<Ports, 'documents' | 'clock'>): Releases {
  const known = new Map<string, Promise<Release>>();
  let pointer: { id: string; readAt: number } | undefined;

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
        pointer = { id: current.data.release, readAt: now };
      }
      const { id } = pointer;
      return { id, release: await get(id) };
    },
  };
}

async function read(ports: Pick<Ports, 'documents'>, id: string): Promise<Release> {
  const document: Document<Release> | undefined = await ports.documents.get<Release>(
    `releases/${id}`,
  );
  if (!document)
    throw new Error(`release ${id} is missing: it was deleted while something still points at it`);
  return document.data;
}
