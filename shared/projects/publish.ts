import type { Actor } from '../audit/audit.ts';
import { type Moved, movePointer, type PublishPorts, type Target } from './move-pointer.ts';
import type { Project } from './project.ts';
import { releaseFormat, releaseId } from './release-format.ts';

/** On whose word something is published, over what, and by which Drover. */
export interface Publishing {
  /** Default: nobody in particular, and nothing is recorded in `audit`. */
  by?: Actor;
  /** The release that must be current still; null: there must be none. Default: whatever is current is replaced. */
  base?: string | null;
  /** Version of the Drover that publishes. */
  drover?: string;
}

/**
 * Writes `project` as a release, if these contents were not released before, and makes it current, in one commit. The same contents
 * are the same release, however often they are published.
 */
export function publishOver(
  ports: PublishPorts,
  project: Project,
  { by, base, drover }: Publishing,
): Promise<Moved> {
  const id = releaseId(project);
  const target: Target = {
    id,
    project,
    made: (publishedAt) => ({
      ...project,
      publishedAt,
      format: releaseFormat,
      ...(by && { publishedBy: by.who }),
      ...(drover !== undefined && { drover }),
    }),
    history: ({ release, history = [] }) => [release, ...history],
  };
  return movePointer(ports, target, {
    ...(by && { by: { ...by, action: 'project.publish' } }),
    ...(base !== undefined && { base }),
  });
}

/** {@link publishOver}, whatever is current. Answers with the release's id. */
export async function publish(ports: PublishPorts, project: Project): Promise<string> {
  await publishOver(ports, project, {});
  return releaseId(project);
}
