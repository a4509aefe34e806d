import type { Actor } from '../audit/audit.ts';
import type { Ports } from '../ports/index.ts';
import { type Moved, movePointer, type PublishPorts } from './move-pointer.ts';
import { type Current, currentPath, type Published } from './release.ts';
import { contentsOf, readRelease } from './release-format.ts';

/** What one can go back to, with the pointer as it is; or why there is nothing. */
export type Way =
  | { ok: true; current: Current; target: Published }
  | { ok: false; reason: 'nothing_published' | 'nothing_before' }
  | { ok: false; reason: 'no_such_release' | 'is_current'; release: string };

/** Form of a release's id: what one types is looked up only if it has it. */
const idForm = /^[0-9a-f]{12}$/;

/**
 * Finds the release to go back to.
 *
 * @param wanted Its id. Default: the one that was current before the current one.
 * @throws UnreadableRelease where this Drover cannot read it.
 */
export async function findWayBack(
  { documents }: Pick<Ports, 'documents'>,
  wanted?: string,
): Promise<Way> {
  const pointer = await documents.get<Current>(currentPath);
  if (!pointer) return { ok: false, reason: 'nothing_published' };
  const release = wanted ?? pointer.data.history?.[0];
  if (release === undefined) return { ok: false, reason: 'nothing_before' };
  if (release === pointer.data.release) return { ok: false, reason: 'is_current', release };
  const found = idForm.test(release) ? await documents.get(`releases/${release}`) : undefined;
  if (!found) return { ok: false, reason: 'no_such_release', release };
  const target = { id: release, release: readRelease(release, found.data) };
  return { ok: true, current: pointer.data, target };
}

/**
 * Makes a release current that was there before. What came after it is not gone back to from it: going back again goes further back.
 *
 * @param base The release that must be current still.
 */
export function rollBack(
  ports: PublishPorts,
  { id, release }: Published,
  { by, base }: { by: Actor; base: string },
): Promise<Moved> {
  return movePointer(
    ports,
    {
      id,
      project: contentsOf(release),
      made: null,
      history: (current) => {
        const history = current.history ?? [];
        const at = history.indexOf(id);
        return at < 0 ? [current.release, ...history] : history.slice(at + 1);
      },
    },
    { by: { ...by, action: 'project.rollback' }, base },
  );
}
