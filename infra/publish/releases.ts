import type { Documents } from '../../shared/ports/index.ts';
import { type Current, currentPath, type Release } from '../../shared/projects/release.ts';
import { readableRelease, readRelease } from '../../shared/projects/release-format.ts';
import { Failure } from '../cli/errors.ts';

/** A release in a list. */
export interface ListedRelease {
  release: string;
  isCurrent: boolean;
  /** How many rollbacks lead to it from the current one; null: it must be named. */
  back: number | null;
  /** ISO time at which it was published first, and by whom; null: nobody is recorded. */
  publishedAt: string;
  publishedBy: string | null;
  /** Version of the Drover that made it; null: it does not say. */
  drover: string | null;
  /** Its agents; null: this Drover cannot read it. */
  agents: string[] | null;
}

/** Releases of a page at most: each is read whole. */
export const mostReleases = 100;

/** The newest releases, by when they were published first. */
export async function listReleases(
  documents: Pick<Documents, 'get' | 'query'>,
  limit: number,
): Promise<ListedRelease[]> {
  const [pointer, found] = await Promise.all([
    documents.get<Current>(currentPath),
    documents.query({ collection: 'releases', orderBy: [['publishedAt', 'desc']], limit }),
  ]);
  const history = pointer?.data.history ?? [];
  return found.map(({ id, data }): ListedRelease => {
    const { publishedAt, publishedBy, drover } = data;
    const back = history.indexOf(id);
    const release = readableRelease(id, data);
    return {
      release: id,
      isCurrent: id === pointer?.data.release,
      back: back < 0 ? null : back + 1,
      publishedAt: String(publishedAt),
      publishedBy: typeof publishedBy === 'string' ? publishedBy : null,
      drover: typeof drover === 'string' ? drover : null,
      agents: release ? Object.keys(release.agents).sort() : null,
    };
  });
}

/**
 * One release; by default the current one.
 *
 * @throws Failure `RELEASE_NOT_FOUND`
 * @throws UnreadableRelease
 */
export async function getRelease(
  { get }: Pick<Documents, 'get'>,
  wanted?: string,
): Promise<{ id: string; release: Release; current: Current | null }> {
  const current = (await get<Current>(currentPath))?.data ?? null;
  const id = wanted ?? current?.release;
  if (id === undefined) throw new Failure('RELEASE_NOT_FOUND', 'No project is published yet.');
  const found = /^[0-9a-f]{12}$/.test(id) ? await get(`releases/${id}`) : undefined;
  if (!found) throw new Failure('RELEASE_NOT_FOUND', `There is no release ${id}.`);
  return { id, release: readRelease(id, found.data), current };
}
