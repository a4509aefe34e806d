import { type CredentialFields, homeSecretId, readCredential } from '../credentials/home.ts';
import {
  type CredentialReference,
  credentialId,
  parseReference,
} from '../credentials/reference.ts';
import { CloudError, hasCode, type Ports, type SecretFiles } from '../ports/index.ts';
import { allSettled } from '../settled.ts';
import { runLabels } from './labels.ts';
import type { Launch } from './launch.ts';
import { runSecretId } from './names.ts';

/** Time after a run's deadline at which Google deletes its secrets if nobody did, in ms (D4). */
const secretLifeMs = 3_600_000;

/** Where credentials appear in the container (agent contract). */
const credentialsDirectory = '/credentials';

/** A credential that the run asks for has no home, or nothing in it: nothing starts with less than it asked for (D4). */
export class CredentialMissing extends Error {
  constructor({ type, instance }: CredentialReference) {
    super(`credential ${type}:${instance} is not in Secret Manager`);
  }
}

/** A credential of the run on its way into a secret of the run's own. */
export interface CredentialCopy {
  reference: CredentialReference;
  secret: string;
  fields: CredentialFields;
}

/** The secrets of a launch. */
export interface LaunchSecrets {
  /** Id of the run's own, still empty. */
  own: string;
  /** Copies of its credentials, still empty. */
  copies: readonly CredentialCopy[];
  /** Credentials that are mounted from their home, where the agent has chosen that. */
  homes: readonly SecretFiles[];
}

/** Creates every secret of the launch, still empty, and reads the credentials meanwhile. Throws {@link CredentialMissing}. */
export async function makeSecrets(ports: Ports, launch: Launch): Promise<LaunchSecrets> {
  const { run, agent, attempt } = launch;
  const own = runSecretId(run.id, attempt);
  const references = agent.credentials.flatMap((text) => parseReference(text) ?? []);
  const isDirect = agent.credentialsDelivery === 'direct';
  const [, copies, homes] = await allSettled([
    createSecret(ports, launch, own),
    allSettled(isDirect ? [] : references.map((reference) => makeCopy(ports, launch, reference))),
    allSettled(isDirect ? references.map((reference) => mountHome(ports, reference)) : []),
  ]);
  return { own, copies, homes };
}

async function makeCopy(
  ports: Ports,
  launch: Launch,
  reference: CredentialReference,
): Promise<CredentialCopy> {
  const secret = runSecretId(launch.run.id, launch.attempt, credentialId(reference));
  const [fields] = await allSettled([
    readCredential(ports, reference),
    createSecret(ports, launch, secret),
  ]);
  if (!fields || Object.keys(fields).length === 0) throw new CredentialMissing(reference);
  return { reference, secret, fields };
}

/** The home of a credential as files, its versions pinned as they are now: a later change does not reach this run. */
async function mountHome({ secrets }: Ports, reference: CredentialReference): Promise<SecretFiles> {
  const secret = homeSecretId(reference);
  const home = await secrets.get(secret);
  if (!home || Object.keys(home.aliases).length === 0) throw new CredentialMissing(reference);
  return { directory: directoryOf(reference), secret, files: home.aliases };
}

/** A secret that outlives the run's longest life by an hour, and then goes by itself. */
async function createSecret(
  { secrets, clock }: Ports,
  { run, agent }: Launch,
  id: string,
): Promise<void> {
  const expiresAt = clock.now() + agent.timeout * 1_000 + secretLifeMs;
  try {
    await secrets.create({ id, labels: runLabels(run.id, run.data.agent), expiresAt });
  } catch (error) {
    // An instance that hung for hours asks for something that is past: nothing is wrong with the run, only with this launch.
    if (!hasCode(error, 'invalid_argument') || clock.now() < expiresAt) throw error;
    const late = `secret ${id} would have expired before it was made`;
    throw new CloudError('deadline_exceeded', late, { cause: error });
  }
}

/**
 * Puts the fields of a credential into its copy, each as a version, to be mounted as files (D4). One after another: a secret
 * takes two versions a second (Secret Manager quotas page).
 */
export async function fillCopy(
  { secrets }: Ports,
  { reference, secret, fields }: CredentialCopy,
): Promise<SecretFiles> {
  const files: { [field: string]: string } = {};
  for (const [field, value] of Object.entries(fields)) {
    files[field] = await secrets.addVersion(secret, value);
  }
  return { directory: directoryOf(reference), secret, files };
}

function directoryOf({ type, instance }: CredentialReference): string {
  return `${credentialsDirectory}/${type}/${instance}`;
}
