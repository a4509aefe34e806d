import { hasCode, type Ports } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { publish, releaseId } from '../../shared/projects/publish.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { Failure } from '../cli/errors.ts';
import type { Step } from './step.ts';

type PublishPorts = Pick<Ports, 'documents' | 'clock' | 'random'>;

interface Releasing {
  googleProject: string;
  /** Null: nothing can be asked, and nothing is taken to be there. */
  ports: PublishPorts | null;
  /** The project with its images; undefined as long as one of them is not built. */
  project(): Project | undefined;
}

/** Publishes the project, unless it is what is published already. Undefined: it is. */
export async function releaseStep({
  googleProject,
  ports,
  project,
}: Releasing): Promise<Step | undefined> {
  const known = project();
  const current = ports && (await currentOf(ports));
  if (known && current?.data.release === releaseId(known)) return undefined;
  const url = `https://firestore.googleapis.com/v1/projects/${googleProject}/databases/(default)/documents:commit`;
  return {
    title: 'release',
    why: 'New runs follow it; runs that have begun keep theirs.',
    // The release, and the pointer to it.
    commands: [
      { tool: 'api', method: 'POST', url },
      { tool: 'api', method: 'POST', url },
    ],
    run: async () => {
      const complete = project();
      if (!complete || !ports) throw new Error('a release needs its images, and somebody to ask');
      return publish(ports, complete);
    },
  };
}

/** @throws Failure `NOT_PROVISIONED` when there is no database. */
async function currentOf({ documents }: PublishPorts) {
  try {
    return await documents.get<Current>(currentPath);
  } catch (cause) {
    if (!hasCode(cause, 'not_found')) throw cause;
    throw new Failure('NOT_PROVISIONED', 'The Google Cloud project has no database.', { cause });
  }
}
