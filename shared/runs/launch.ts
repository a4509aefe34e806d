import { agentAccountId } from '../agents/account.ts';
import {
  type Document,
  hasCode,
  type NewJob,
  type Ports,
  type SecretFiles,
  unless,
} from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import type { Release } from '../projects/release.ts';
import type { Settings } from '../settings.ts';
import { allSettled } from '../settled.ts';
import { environment } from './environment.ts';
import { readInput } from './input.ts';
import { runLabels } from './labels.ts';
import { CredentialMissing, fillCopy, makeSecrets } from './launch-secrets.ts';
import { jobId, startToken } from './names.ts';
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
  /** The release that both are of. */
  project: Release;
  /** The lease's attempt. */
  attempt: number;
  /** The run's own secret of this attempt; its hash stands in the document. */
  secret: string;
}

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
    const [{ own, copies, homes }, input] = await allSettled([
      makeSecrets(ports, launch),
      readInput(ports, run),
    ]);
    if (input === undefined) {
      const why = 'what it was asked is not there any more';
      return { outcome: 'refused', reason: 'launch_refused', why };
    }
    const filling = allSettled([
      ports.secrets.addVersion(own, Buffer.from(launch.secret)),
      allSettled(copies.map((copy) => fillCopy(ports, copy))),
    ]);
    // Whoever ends the run deletes what is being filled, before or after the lease is looked at.
    const [isOurs, filled] = await allSettled([
      holdsLease(ports, launch),
      unless(['not_found'], undefined, () => filling),
    ]);
    const made = [own, ...copies.map(({ secret }) => secret)];
    if (!isOurs || !filled) {
      await removeSecrets(ports, made);
      return { outcome: 'superseded' };
    }
    const [version, copied] = filled;
    const env = environment(settings, { ...launch, runId: run.id, run: run.data, input });
    const job = jobOf(launch, env, { secret: own, version }, [...copied, ...homes]);
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

/** Whether the run is still launching under this launch's lease. */
async function holdsLease({ documents }: Ports, { run, attempt }: Launch): Promise<boolean> {
  const now = await documents.get<Run>(run.path);
  return now?.data.state === 'launching' && now.data.lease?.attempt === attempt;
}

function jobOf(
  { run, agent, attempt }: Launch,
  env: { [name: string]: string },
  own: { secret: string; version: string },
  secretFiles: readonly SecretFiles[],
): NewJob {
  return {
    id: jobId(run.id),
    startToken: startToken(attempt),
    image: agent.image,
    env,
    secretEnv: { SHUTDOWN_SECRET: own },
    secretFiles,
    memory: agent.memory,
    cpus: agent.cpus,
    timeoutSeconds: agent.timeout,
    serviceAccount: agentAccountId(run.data.agent),
    labels: runLabels(run.id, run.data.agent),
  };
}
