import { type Actor, auditWrite } from '../audit/audit.ts';
import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { makeCurrent } from './make-current.ts';
import type { Project } from './project.ts';
import { type Current, currentPath, type Release } from './release.ts';
import { readableRelease } from './release-format.ts';

/** What moving the pointer needs. */
export type PublishPorts = Pick<Ports, 'documents' | 'clock' | 'random'>;

/** What is to be current. */
export interface Target {
  id: string;
  project: Project;
  /** What the release is made as where there is none of this id; null: it must be there. */
  made: ((publishedAt: string) => Release) | null;
  /** Ids of the releases that are gone back to from it, the newest first, given those from what was current. */
  history(current: Current): string[];
}

/** On whose word, and from where. */
export interface Terms {
  /** Who moves it, recorded in the same commit. Default: nobody in particular, and no record. */
  by?: Actor & { action: string };
  /** The release that must be current still; null: there must be none. Default: whatever is current is replaced. */
  base?: string | null;
}

/** What became of it. `moved`: another release than the base is current by now. */
export type Moved =
  | { ok: true; release: string; changed: boolean }
  | { ok: false; reason: 'moved'; current: Current | null }
  | { ok: false; reason: 'no_such_release' };

/**
 * Makes a release current: the release itself, where it is new, the pointer, who did it, and what it lifts, all in one commit. Who
 * waits in a queue for what it lifts is woken by the sweep that follows. A commit whose answer was lost is looked up, so that it is
 * no surprise to itself.
 */
export async function movePointer(
  ports: PublishPorts,
  { id, project, made, history }: Target,
  { by, base }: Terms,
): Promise<Moved> {
  let isTried = false;
  return optimistically(ports, async (commit): Promise<Moved> => {
    const current = await ports.documents.get<Current>(currentPath);
    const now = current?.data.release ?? null;
    if (now === id) return { ok: true, release: id, changed: isTried };
    if (base !== undefined && now !== base) {
      return { ok: false, reason: 'moved', current: current?.data ?? null };
    }
    const known = await ports.documents.get(`releases/${id}`);
    if (!known && !made) return { ok: false, reason: 'no_such_release' };
    const publishedAt = new Date(ports.clock.now()).toISOString();
    isTried = true;
    await commit([
      ...(known || !made
        ? []
        : [{ op: 'create', path: `releases/${id}`, data: made(publishedAt) } as const]),
      ...(current
        ? await makeCurrent(ports, current, {
            id,
            project,
            before: await readableNow(ports, current),
            publishedAt,
            by: by?.who ?? null,
            history: history(current.data),
          })
        : [firstPointer(id, publishedAt, by?.who ?? null)]),
      ...(by ? [auditWrite(ports, by, by.action, `releases/${id}`)] : []),
    ]);
    return { ok: true, release: id, changed: true };
  });
}

function firstPointer(release: string, publishedAt: string, by: string | null): Write {
  const data: Current = {
    release,
    publishedAt,
    moved: { at: publishedAt, by },
    history: [],
    inFlight: [],
    paused: null,
    resumedAt: null,
    pace: null,
  };
  return { op: 'create', path: currentPath, data };
}

/** What is current, if this Drover can read it: what one cannot read one can still replace. */
async function readableNow(
  { documents }: Pick<Ports, 'documents'>,
  { data: { release } }: Document<Current>,
): Promise<Release | undefined> {
  const found = await documents.get(`releases/${release}`);
  return found && readableRelease(release, found.data);
}
