import { type CredentialFields, readCredential } from '../credentials/home.ts';
import {
  type CredentialReference,
  credentialId,
  parseReference,
} from '../credentials/reference.ts';
import type { CloudError, Document, NewJob, Ports, SecretFiles } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import type { Settings } from '../settings.ts';
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
  | { outcome: 'refused'; reason: Reason; why: string };

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
 */
export async function launch(ports: Ports, settings: Settings, launch: Launch): Promise<Launched> {
  const { run, agent, attempt, secret } = launch;
  // An earlier attempt may have got as far as the job.
  if (attempt > 1 && (await ports.jobs.get(jobId(run.id)))) return { outcome: 'accepted' };
  try {
    const references = agent.credentials.flatMap((text) => parseReference(text) ?? []);
    const [own, ...files] = await Promise.all([
      keepRunSecret(ports, launch, secret),
      ...references.map((reference) => copyCredential(ports, launch, reference)),
    ]);
    const job: NewJob = {
      id: jobId(run.id),
      startToken: startToken(attempt),
      image: agent.image,
      env: environment(settings, agent, run.data),
      secretEnv: { SHUTDOWN_SECRET: own },
      secretFiles: files,
      memory: agent.memory,
      cpus: agent.cpus,
      timeoutSeconds: agent.timeout,
      labels: runLabels(run.id, run.data.agent),
    };
    await ports.jobs.start(job);
    return { outcome: 'accepted' };
  } catch (error) {
    if (error instanceof CredentialMissing) {
      return { outcome: 'refused', reason: 'credential_missing', why: error.message };
    }
    if (isRefusal(error))
      return { outcome: 'refused', reason: 'launch_refused', why: error.message };
    throw error;
  }
}

class CredentialMissing extends Error {}

function isRefusal(error: unknown): error is CloudError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    code === 'invalid_argument' || code === 'failed_precondition' || code === 'permission_denied'
  );
}

async function keepRunSecret(
  ports: Ports,
  launch: Launch,
  secret: string,
): Promise<{ secret: string; version: string }> {
  const id = runSecretId(launch.run.id, launch.attempt);
  await createSecret(ports, launch, id);
  return { secret: id, version: await ports.secrets.addVersion(id, Buffer.from(secret)) };
}

/** One credential of the run: a secret of its own, each field a version, mounted as files (D4). */
async function copyCredential(
  ports: Ports,
  launch: Launch,
  reference: CredentialReference,
): Promise<SecretFiles> {
  const id = runSecretId(launch.run.id, launch.attempt, credentialId(reference));
  const [fields] = await Promise.all([
    readCredential(ports, reference),
    createSecret(ports, launch, id),
  ]);
  if (!fields) {
    const { type, instance } = reference;
    throw new CredentialMissing(`credential ${type}:${instance} is not in Secret Manager`);
  }
  return {
    directory: `${credentialsDirectory}/${reference.type}/${reference.instance}`,
    secret: id,
    files: await addFields(ports, id, fields),
  };
}

async function addFields(
  { secrets }: Ports,
  id: string,
  fields: CredentialFields,
): Promise<{ [field: string]: string }> {
  const versions = Object.entries(fields).map(
    async ([field, value]) => [field, await secrets.addVersion(id, value)] as const,
  );
  return Object.fromEntries(await Promise.all(versions));
}

/** A secret that outlives the run's longest life by an hour, and then goes by itself. */
async function createSecret(ports: Ports, { run, agent }: Launch, id: string): Promise<void> {
  await ports.secrets.create({
    id,
    labels: runLabels(run.id, run.data.agent),
    expiresAt: ports.clock.now() + agent.timeout * 1_000 + secretLifeMs,
  });
}
