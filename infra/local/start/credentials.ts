import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepCredential } from '../../../shared/credentials/home.ts';
import { addressType } from '../../../shared/notifications/topics.ts';
import type { Secrets } from '../../../shared/ports/index.ts';
import type { Project } from '../../../shared/projects/project.ts';
import {
  credentialDirectories,
  fieldNote,
  readCredentialFiles,
  writeCredentialFile,
} from '../../credential-files.ts';
import {
  controlKey,
  neededCredentials,
  ownCredentialTypes,
  viewerKey,
} from '../../project-credentials.ts';

/** The file that the key of the control API is in; undefined before {@link pushCredentials}. */
export function controlKeyFile(directory: string): string | undefined {
  const path = join(...controlKey.reference.split(':'), controlKey.field);
  return credentialDirectories(directory)
    .map((root) => join(root, path))
    .find(existsSync);
}

/**
 * Puts the credentials that the project needs from this machine into Secret Manager, where the functions look for them. A
 * webhook secret that is nowhere is made up, and so is a key of the control API: here, it is we who sign and ask. Answers with
 * what a person should know.
 */
export async function pushCredentials(
  secrets: Secrets,
  directory: string,
  project: Project,
): Promise<string[]> {
  const notes: string[] = [];
  const directories = credentialDirectories(directory);
  const { agents, sources } = neededCredentials(project);
  const own = ownCredentialTypes(project);
  seedExamples(directory);
  for (const reference of sources) {
    // Only whoever listens there has an address.
    if (reference.startsWith(`${addressType}:`)) continue;
    if (readCredentialFiles(directories, reference)) continue;
    const secret = randomBytes(24).toString('hex');
    notes.push(
      `made a webhook secret: ${writeCredentialFile(directory, reference, 'secret', secret)}`,
    );
  }
  if (controlKeyFile(directory) === undefined) {
    const { reference, field } = controlKey;
    const file = writeCredentialFile(directory, reference, field, randomBytes(24).toString('hex'));
    notes.push(`made a key of the control API: ${file}`);
  }
  const viewer = readCredentialFiles(directories, viewerKey) ? [viewerKey] : [];
  for (const reference of new Set([...sources, controlKey.reference, ...viewer, ...agents])) {
    const filed = readCredentialFiles(directories, reference);
    if (filed) {
      await keepCredential({ secrets }, filed, filed.fields);
      const note = fieldNote(filed, own);
      if (note !== undefined) notes.push(note);
    } else {
      const [type = '', instance = ''] = reference.split(':');
      const place = join(directories[0] ?? '', type, instance, '<field>');
      notes.push(
        `credential ${reference} is missing: ${lossOf(reference)} until it lies in ${place}`,
      );
    }
  }
  return notes;
}

/** What will go wrong without a credential, as half a sentence. */
function lossOf(reference: string): string {
  return reference.startsWith(`${addressType}:`)
    ? 'nobody will be told of anything'
    : 'runs that need it will fail';
}

/** Copies a project's `credentials.example/`, if it has one, to where its credentials lie, where they are missing. */
function seedExamples(directory: string): void {
  const examples = join(directory, 'credentials.example');
  if (!existsSync(examples)) return;
  for (const path of readdirSync(examples, { recursive: true, encoding: 'utf8' })) {
    const [type, instance, field, ...rest] = path.split(/[\\/]/);
    if (!type || !instance || !field || rest.length > 0) continue;
    const reference = `${type}:${instance}`;
    if (readCredentialFiles(credentialDirectories(directory), reference)?.fields[field]) continue;
    writeCredentialFile(directory, reference, field, readFileSync(join(examples, path)));
  }
}
