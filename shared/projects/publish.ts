import { createHash } from 'node:crypto';
import { optimistically } from '../optimistic.ts';
import { hasCode, type Ports } from '../ports/index.ts';
import { makeCurrent } from './make-current.ts';
import type { Project } from './project.ts';
import { type Current, currentPath, type Release } from './release.ts';

/** The id of the release that has these contents. */
export function releaseId(project: Project): string {
  return createHash('sha256').update(JSON.stringify(project)).digest('hex').slice(0, 12);
}

/**
 * Writes `project` as a release, if these contents were not released before, and makes it current. Answers with its id. Who waits
 * in a queue for what it lifts is woken by the sweep that follows.
 */
export async function publish(
  ports: Pick<Ports, 'documents' | 'clock' | 'random'>,
  project: Project,
): Promise<string> {
  const id = releaseId(project);
  const path = `releases/${id}`;
  // Read first: whoever publishes may know the time from nothing else.
  const known = await ports.documents.get<Release>(path);
  const publishedAt = new Date(ports.clock.now()).toISOString();
  const release: Release = { ...project, publishedAt };
  try {
    if (!known) await ports.documents.commit([{ op: 'create', path, data: release }]);
  } catch (error) {
    if (!hasCode(error, 'already_exists')) throw error;
  }
  await optimistically(ports, async (commit) => {
    const current = await ports.documents.get<Current>(currentPath);
    if (!current) {
      const pointer: Current = {
        release: id,
        publishedAt,
        inFlight: [],
        paused: null,
        resumedAt: null,
        pace: null,
      };
      await commit([{ op: 'create', path: currentPath, data: pointer }]);
    } else if (current.data.release !== id) {
      const before = await ports.documents.get<Release>(`releases/${current.data.release}`);
      await commit(
        await makeCurrent(ports, current, { before: before?.data, id, project, publishedAt }),
      );
    }
  });
  return id;
}
