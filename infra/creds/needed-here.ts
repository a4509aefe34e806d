import { join } from 'node:path';
import { homeSecretId } from '../../shared/credentials/home.ts';
import { parseReference } from '../../shared/credentials/reference.ts';
import { addressType } from '../../shared/notifications/topics.ts';
import type { Secrets } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { credentialDirectories, fieldNote } from '../credential-files.ts';
import {
  controlKey,
  neededCredentials,
  ownCredentialTypes,
  viewerKey,
} from '../project-credentials.ts';
import { readFiled, type Wanted } from './wanted.ts';

/**
 * The credentials that a project needs, and the keys of the control API, as they lie on this machine; and what a person should know:
 * fields that their types do not have, and credentials that are neither here nor in Secret Manager. One that is only there stays as it is.
 *
 * @param secrets Null: nothing can be asked, and nothing is taken to be there.
 * @throws Failure `CREDENTIAL_WRONG`, of the first that Secret Manager would refuse.
 */
export async function neededHere(
  project: Project,
  directory: string,
  secrets: Pick<Secrets, 'get'> | null,
): Promise<{ wanted: Wanted[]; notes: string[] }> {
  const directories = credentialDirectories(directory);
  const { agents, sources } = neededCredentials(project);
  const needed = [...new Set([...sources, ...agents])];
  const keys = [controlKey.reference, viewerKey].filter((key) => !needed.includes(key));
  const own = ownCredentialTypes(project);
  const wanted: Wanted[] = [];
  const notes: string[] = [];
  for (const credential of [...needed, ...keys]) {
    const filed = readFiled(directories, credential);
    if (filed) {
      const { type, instance, fields } = filed;
      wanted.push({ reference: { type, instance }, fields, isWhole: true });
      const note = fieldNote(filed, own);
      if (note !== undefined) notes.push(note);
    } else if (needed.includes(credential) && !(await isThere(credential, secrets))) {
      const place = join(directories[0] ?? '', ...credential.split(':'), '<field>');
      const loss = lossOf(credential, sources.includes(credential));
      notes.push(
        `credential ${credential} is missing: ${loss} until it lies in ${place} and is pushed or deployed`,
      );
    }
  }
  return { wanted, notes };
}

/** What goes wrong without a credential, as half a sentence. */
function lossOf(credential: string, isOfFunctions: boolean): string {
  if (!isOfFunctions) return 'runs that need it fail';
  const isAddress = credential.startsWith(`${addressType}:`);
  return isAddress ? 'nobody is told of what happens' : 'its webhooks are refused';
}

async function isThere(credential: string, secrets: Pick<Secrets, 'get'> | null): Promise<boolean> {
  const reference = parseReference(credential);
  const home = reference && (await secrets?.get(homeSecretId(reference)));
  return Object.keys(home?.aliases ?? {}).length > 0;
}
