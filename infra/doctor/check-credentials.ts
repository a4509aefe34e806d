import { homeSecretId } from '../../shared/credentials/home.ts';
import { parseReference } from '../../shared/credentials/reference.ts';
import type { Secrets } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { credentialDirectories, fieldNote, readCredentialFiles } from '../credential-files.ts';
import { commandLine } from '../gcloud/command-line.ts';
import type { Google } from '../gcloud/google.ts';
import { neededCredentials, ownCredentialTypes } from '../project-credentials.ts';
import { inLanes } from '../provision/lanes.ts';
import { restSecretVersions } from '../rest/secret-versions.ts';
import { mendMissing } from './check-files.ts';
import { type Finding, finding } from './finding.ts';

/** Questions that are asked at a time. */
const questionsAtATime = 8;

interface Homes {
  google: Google;
  secrets: Pick<Secrets, 'get'>;
  googleProject: string;
  project: Project;
  /** The project's. */
  directory: string;
}

/** Whether Secret Manager has what the project needs, in versions that can be read. Reads no value. */
export async function checkCredentials({
  google,
  secrets,
  googleProject,
  project,
  directory,
}: Homes): Promise<Finding[]> {
  const { agents, sources } = neededCredentials(project);
  const directories = credentialDirectories(directory);
  const own = ownCredentialTypes(project);
  const versions = restSecretVersions(google, googleProject);
  const all = [...new Set([...sources, ...agents])];
  const found = await inLanes(questionsAtATime, all, async (reference): Promise<Finding[]> => {
    const parsed = parseReference(reference);
    if (!parsed) return [];
    const id = homeSecretId(parsed);
    const subject = `credential ${reference}`;
    const isHere = isFiled(directories, reference);
    const mend = isHere ? ['drover deploy'] : mendMissing(directory, reference);
    const aliases = (await secrets.get(id))?.aliases;
    if (!aliases)
      return [finding('CREDENTIAL_MISSING', subject, `there is no secret ${id}.`, { mend })];
    const listed = await versions.list(id);
    const states = new Map(listed.map(({ number, state }) => [number, state]));
    const unreadable = Object.entries(aliases).filter(
      ([, version]) => states.get(version) !== 'ENABLED',
    );
    if (Object.keys(aliases).length === 0 || unreadable.length > 0) {
      return [
        finding('CREDENTIAL_NO_VERSION', subject, whatOf(id, unreadable, states), {
          mend: [...enabling(id, unreadable, states, googleProject), ...mend],
        }),
      ];
    }
    const fields = Object.fromEntries(Object.keys(aliases).map((field) => [field, nothing]));
    const note = isHere ? undefined : fieldNote({ ...parsed, fields }, own);
    return note === undefined ? [] : [finding('CREDENTIAL_FIELDS', subject, note, { mend })];
  });
  return found.flat();
}

const nothing = new Uint8Array();

/** Whether a credential lies on this machine; what is wrong with it there is told by the check of the files. */
function isFiled(directories: readonly string[], reference: string): boolean {
  try {
    return readCredentialFiles(directories, reference) !== undefined;
  } catch {
    return true;
  }
}

type Fields = readonly (readonly [field: string, version: string])[];

function whatOf(id: string, unreadable: Fields, states: ReadonlyMap<string, string>): string {
  if (unreadable.length === 0) return `the secret ${id} names no version.`;
  const each = unreadable.map(
    ([field, version]) =>
      `${field} is version ${version}, which is ${(states.get(version) ?? 'not there').toLowerCase()}`,
  );
  return `in the secret ${id}: ${each.join('; ')}.`;
}

/** A version that is disabled comes back; one that is destroyed does not. */
function enabling(
  id: string,
  unreadable: Fields,
  states: ReadonlyMap<string, string>,
  project: string,
): string[] {
  return unreadable
    .filter(([, version]) => states.get(version) === 'DISABLED')
    .map(([, version]) =>
      commandLine(
        { tool: 'gcloud', args: ['secrets', 'versions', 'enable', version, `--secret=${id}`] },
        project,
      ),
    );
}
