import { type CredentialFields, readCredential } from '../credentials/home.ts';
import {
  type CredentialReference,
  credentialId,
  parseReference,
} from '../credentials/reference.ts';
import {
  type Document,
  hasCode,
  type NewJob,
  type Ports,
  type SecretFiles,
  unless,
} from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import type { Settings } from '../settings.ts';
import { allSettled } from '../settled.ts';
import { environment } from './environment.ts';
import { runLabels } from './labels.ts';
import { jobId, runSecretId, startToken } from './names.ts';
import type { Reason } from './reasons.ts';
import type { Run } from './run.ts';

/** What a launch came to. */
export type Launched =
  /** Cloud Run has the job, from this launch or an earlier one. What became of it must be looked up (D3). */
  | { outcome: 'accepted' }
  /** It cannot work, however often it is tried. */
  | { outcome: 'refused'; reason: Reason; why: string }
  /** The lease was lost meanwhile; what this launch had made is gone again. */
  | { outcome: 'superseded' };

/** What the holder of a launch's lease knows. */
export interface Launch {
  run: Document<Run>;
  agent: Agent;
  /** The lease's attempt. */
  attempt: number;
  /** The run's own secret of this attempt; its hash stands in the document. */
  secret: string;
}

/** Time after a run's deadline at which Google deletes its secrets if nobody did, in ms (D4). */
const secretLifeMs = 3_600_000;

/** Where credentials appear in the container (agent contract). */
const credentialsDirectory = '/credentials';

/**
 * The saga of one launch (D3, D4): the run's secrets, then the job, created and started by one call. Every step may be
 * repeated under a new attempt, because secrets carry the attempt in their names and the job exists once. Throws a
 * transient CloudError when another attempt may succeed.
 *
 * The lease is looked at again once all of the secrets exist and before the job does. Whoever ends the run after that look
 * deletes these secrets by name, and without them the job cannot start; whoever ended it before is seen (decision 0003).
 */
export async function launch(ports: Ports, settings: Settings, launch: Launch): Promise<Launched> {
  const { run, attempt } = launch;
  // An earlier attempt may have got as far as the job.
  if (attempt > 1 && (await ports.jobs.get(jobId(run.id)))) return { outcome: 'accepted' };
  try {
    const { own, credentials } = await makeSecrets(ports, launch);
    const filling = allSettled([
      ports.secrets.addVersion(own, Buffer.from(launch.secret)),
      allSettled(credentials.map((copy) => fillCopy(ports, copy))),
    ]);
    // Whoever ends the run deletes what is being filled, before or after the lease is looked at.
    const [isOurs, filled] = await allSettled([
      holdsLease(ports, launch),
      unless(['not_found'], undefined, () => filling),
    ]);
    const made = [own, ...credentials.map(({ secret }) => secret)];
    if (!isOurs || !filled) {
      await removeSecrets(ports, made);
      return { outcome: 'superseded' };
    }
    const [version, files] = filled;
    const job = jobOf(settings, launch, { secret: own, version }, files);
    await ports.jobs.start(job).catch(async (error: unknown) => {
      // Refused for a quota, and so certainly not created: its secrets would only pile up.
      if (hasCode(error, 'resource_exhausted')) await removeSecrets(ports, made);
      throw error;
    });
    return { outcome: 'accepted' };
  } catch (error) {
    if (error instanceof CredentialMissing) {
      return { outcome: 'refused', reason: 'credential_missing', why: error.message };
    }
    if (hasCode(error, 'invalid_argument', 'failed_precondition', 'permission_denied')) {
      return { outcome: 'refused', reason: 'launch_refused', why: error.message };
    }
    throw error;
  }
}

async function removeSecrets({ secrets }: Ports, ids: readonly string[]): Promise<void> {
  await allSettled(ids.map((id) => secrets.delete(id)));
}

class CredentialMissing extends Error {}

/** A credential of the run on its way into a secret of the run's own. */
interface CredentialCopy {
  reference: CredentialReference;
  secret: string;
  fields: CredentialFields;
}

/** Creates every secret of the launch, still empty, and reads the credentials meanwhile. */
async function makeSecrets(
  ports: Ports,
  launch: Launch,
): Promise<{ own: string; credentials: readonly CredentialCopy[] }> {
  const { run, agent, attempt } = launch;
  const own = runSecretId(run.id, attempt);
  const references = agent.credentials.flatMap((text) => parseReference(text) ?? []);
  const [, credentials] = await allSettled([
    createSecret(ports, launch, own),
    allSettled(references.map((reference) => makeCopy(ports, launch, reference))),
  ]);
  return { own, credentials };
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
  if (!fields) {
    const { type, instance } = reference;
    throw new CredentialMissing(`credential ${type}:${instance} is not in Secret Manager`);
  }
  return { reference, secret, fields };
}

/** A secret that outlives the run's longest life by an hour, and then goes by itself. */
async function createSecret(ports: Ports, { run, agent }: Launch, id: string): Promise<void> {
  await ports.secrets.create({
    id,
    labels: runLabels(run.id, run.data.agent),
    expiresAt: ports.clock.now() + agent.timeout * 1_000 + secretLifeMs,
  });
}

/**
 * Puts the fields of a credential into its copy, each as a version, to be mounted as files (D4). One after another: a secret
 * takes two versions a second (Secret Manager quotas page).
 */
async function fillCopy(
  { secrets }: Ports,
  { reference, secret, fields }: CredentialCopy,
): Promise<SecretFiles> {
  const files: { [field: string]: string } = {};
  for (const [field, value] of Object.entries(fields)) {
    files[field] = await secrets.addVersion(secret, value);
  }
  const directory = `${credentialsDirectory}/${reference.type}/${reference.instance}`;
  return { directory, secret, files };
}

/** Whether the run is still launching under this launch's lease. */
async function holdsLease({ documents }: Ports, { run, attempt }: Launch): Promise<boolean> {
  const now = await documents.get<Run>(run.path);
  return now?.data.state === 'launching' && now.data.lease?.attempt === attempt;
}

function jobOf(
  settings: Settings,
  { run, agent, attempt }: Launch,
  own: { secret: string; version: string },
  secretFiles: readonly SecretFiles[],
): NewJob {
  return {
    id: jobId(run.id),
    startToken: startToken(attempt),
    image: agent.image,
    env: environment(settings, agent, run.data),
    secretEnv: { SHUTDOWN_SECRET: own },
    secretFiles,
    memory: agent.memory,
    cpus: agent.cpus,
    timeoutSeconds: agent.timeout,
    labels: runLabels(run.id, run.data.agent),
  };
}
