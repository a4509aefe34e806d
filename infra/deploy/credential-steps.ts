import { join } from 'node:path';
import { homeSecretId, keepCredential, readCredential } from '../../shared/credentials/home.ts';
import type { Secrets } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { Failure } from '../cli/errors.ts';
import {
  credentialDirectories,
  type FiledCredential,
  fieldNote,
  readCredentialFiles,
} from '../credential-files.ts';
import type { Command } from '../deployment/kind.ts';
import {
  controlKey,
  neededCredentials,
  ownCredentialTypes,
  viewerKey,
} from '../project-credentials.ts';
import type { Step } from './step.ts';

/** Largest value of a field, in bytes (Secret Manager quotas page, "Secret version payload"). */
const largestValue = 65_536;

interface Depositing {
  googleProject: string;
  project: Project;
  /** The project's. */
  directory: string;
  /** Null: nothing can be asked, and nothing is taken to be there. */
  secrets: Secrets | null;
}

/**
 * What has to be done so that Secret Manager has the credentials that the project needs as they lie on this machine, and what a person
 * should know. One that lies nowhere here and is there already stays as it is. No value is in a step.
 *
 * @throws Failure `CREDENTIAL_WRONG`, before anything is changed.
 */
export async function credentialSteps({
  googleProject,
  project,
  directory,
  secrets,
}: Depositing): Promise<{ steps: Step[]; notes: string[] }> {
  const directories = credentialDirectories(directory);
  const { agents, sources } = neededCredentials(project);
  const needed = [...new Set([...sources, ...agents])];
  const keys = [controlKey.reference, viewerKey].filter((key) => !needed.includes(key));
  const own = ownCredentialTypes(project);
  const steps: Step[] = [];
  const notes: string[] = [];
  for (const reference of [...needed, ...keys]) {
    const filed = readFiled(directories, reference);
    if (filed) {
      const note = fieldNote(filed, own);
      if (note !== undefined) notes.push(note);
      steps.push(...(await stepsOf(filed, googleProject, secrets)));
    } else if (needed.includes(reference) && !(await isThere(reference, secrets))) {
      const [type = '', instance = ''] = reference.split(':');
      const place = join(directories[0] ?? '', type, instance, '<field>');
      notes.push(
        `credential ${reference} is missing: ${sources.includes(reference) ? 'its webhooks are refused' : 'runs that need it fail'} until it lies in ${place} and is deployed`,
      );
    }
  }
  return { steps, notes };
}

function readFiled(directories: readonly string[], reference: string): FiledCredential | undefined {
  let filed: FiledCredential | undefined;
  try {
    filed = readCredentialFiles(directories, reference);
  } catch (cause) {
    throw new Failure('CREDENTIAL_WRONG', cause instanceof Error ? cause.message : undefined, {
      cause,
    });
  }
  for (const [field, { length }] of Object.entries(filed?.fields ?? {})) {
    if (length > largestValue) {
      throw new Failure(
        'CREDENTIAL_WRONG',
        `The field ${field} of the credential ${reference} has ${length} bytes; Secret Manager takes at most ${largestValue}.`,
      );
    }
    if (length === 0) {
      throw new Failure(
        'CREDENTIAL_WRONG',
        `The field ${field} of the credential ${reference} is empty.`,
      );
    }
  }
  return filed;
}

async function isThere(reference: string, secrets: Secrets | null): Promise<boolean> {
  const [type = '', instance = ''] = reference.split(':');
  const home = await secrets?.get(homeSecretId({ type, instance }));
  return Object.keys(home?.aliases ?? {}).length > 0;
}

async function stepsOf(
  { type, instance, fields }: FiledCredential,
  googleProject: string,
  secrets: Secrets | null,
): Promise<Step[]> {
  const reference = { type, instance };
  const known = secrets ? await readCredential({ secrets }, reference) : undefined;
  const changed = Object.entries(fields)
    .filter(([field, value]) => Buffer.compare(known?.[field] ?? new Uint8Array(), value) !== 0)
    .map(([field]) => field);
  const gone = Object.keys(known ?? {}).filter((field) => !Object.hasOwn(fields, field));
  if (changed.length + gone.length === 0) return [];
  const url = `https://secretmanager.googleapis.com/v1/projects/${googleProject}/secrets`;
  const id = homeSecretId(reference);
  const create: Command = { tool: 'api', method: 'POST', url: `${url}?secretId=${id}` };
  const add: Command = { tool: 'api', method: 'POST', url: `${url}/${id}:addVersion` };
  const name: Command = {
    tool: 'api',
    method: 'PATCH',
    url: `${url}/${id}?updateMask=versionAliases`,
  };
  const words = [
    ...(changed.length > 0 ? [`new values of ${changed.join(', ')}`] : []),
    ...(gone.length > 0 ? [`without ${gone.join(', ')}`] : []),
  ];
  return [
    {
      title: `credential ${type}:${instance}`,
      why: known ? `It lies here with ${words.join(', ')}.` : 'It lies here and is not there yet.',
      commands: [...(known ? [] : [create]), ...changed.map(() => add), name],
      run: async () => {
        if (secrets === null) throw new Error('a plan that asked nothing cannot be carried out');
        await keepCredential({ secrets }, reference, fields);
        return undefined;
      },
    },
  ];
}
