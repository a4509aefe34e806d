import { type Google, isRefusal } from '../gcloud/google.ts';
import { Failure } from './errors.ts';

/** Asks Google for the number of a project. Throws `PROJECT_NOT_FOUND`, also for one that is being deleted. */
export async function describeProject(google: Google, project: string): Promise<string> {
  const found = await google.gcloud(['projects', 'describe', project]).catch((cause: unknown) => {
    // Google does not say which of the two it is to somebody who may not know.
    if (!isRefusal(cause, 'not_found', 'permission_denied', 'invalid')) throw cause;
    if (cause.service !== undefined) throw cause;
    throw new Failure(
      'PROJECT_NOT_FOUND',
      `There is no Google Cloud project ${project}, or it is not shown to the account that is signed in.`,
      { cause, details: cause.message.split('\n') },
    );
  });
  const { projectNumber, lifecycleState } = (found ?? {}) as {
    projectNumber?: unknown;
    lifecycleState?: unknown;
  };
  if (lifecycleState !== undefined && lifecycleState !== 'ACTIVE') {
    throw new Failure(
      'PROJECT_NOT_FOUND',
      `The Google Cloud project ${project} is being deleted.`,
      {
        todo: `Bring it back with \`gcloud projects undelete ${project}\`, or name another with --project.`,
      },
    );
  }
  if (typeof projectNumber !== 'string' || projectNumber === '') {
    throw new Error(`gcloud described ${project} without its number`);
  }
  return projectNumber;
}
