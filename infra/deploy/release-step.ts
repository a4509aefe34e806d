import type { Ports } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { type Publishing, publishOver } from '../../shared/projects/publish.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { releaseId } from '../../shared/projects/release-format.ts';
import type { Command } from '../deployment/kind.ts';
import { movedOr } from '../publish/refusals.ts';
import { needingDatabase } from '../rest/needing-database.ts';
import type { Step } from './step.ts';

type PublishPorts = Pick<Ports, 'documents' | 'clock' | 'random'>;

interface Releasing extends Pick<Publishing, 'by' | 'drover'> {
  googleProject: string;
  /** Null: nothing can be asked, and nothing is taken to be there. */
  ports: PublishPorts | null;
  /** The project with its images; undefined as long as one of them is not built. */
  project(): Project | undefined;
}

/**
 * Publishes the project, unless it is what is published already. Undefined: it is. Where another release has become current by the
 * time that it is done, it is refused.
 */
export async function releaseStep({
  googleProject,
  ports,
  project,
  ...publishing
}: Releasing): Promise<Step | undefined> {
  const known = project();
  const current = ports && (await currentOf(ports));
  if (known && current?.data.release === releaseId(known)) return undefined;
  return {
    title: 'release',
    why: 'New runs follow it; runs that have begun keep theirs.',
    commands: [releaseCommand(googleProject)],
    run: async () => {
      const complete = project();
      if (!complete || !ports) throw new Error('a release needs its images, and somebody to ask');
      const base = current?.data.release ?? null;
      return movedOr(await publishOver(ports, complete, { ...publishing, base })).release;
    },
  };
}

/** The release, the pointer to it and who moved it: one commit. */
export function releaseCommand(googleProject: string): Command {
  const url = `https://firestore.googleapis.com/v1/projects/${googleProject}/databases/(default)/documents:commit`;
  return { tool: 'api', method: 'POST', url };
}

/** @throws Failure `NOT_PROVISIONED` when there is no database. */
export function currentOf({ documents }: Pick<Ports, 'documents'>) {
  return needingDatabase(() => documents.get<Current>(currentPath));
}
