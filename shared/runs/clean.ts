import { credentialId, parseReference } from '../credentials/reference.ts';
import type { Ports } from '../ports/index.ts';
import { allSettled } from '../settled.ts';
import { jobId, runSecretId } from './names.ts';
import type { Run } from './run.ts';
import { isOver } from './states.ts';

/**
 * Removes what a finished run has in Google Cloud, and records that Google took it. Due until confirmed (D6): whoever cannot
 * finish leaves `dueAt` standing, and the sweep comes back.
 */
export async function clean(ports: Ports, runId: string): Promise<void> {
  const path = `runs/${runId}`;
  const run = await ports.documents.get<Run>(path);
  if (!run || !isOver(run.data.state) || run.data.cleanedAt !== null) return;
  const secrets = secretsOf(runId, run.data);
  // Secrets first: a create of the job that is still on its way cannot start a container without them (decision 0003).
  await allSettled(secrets.map((id) => ports.secrets.delete(id)));
  await ports.jobs.delete(jobId(runId));
  const cleanedAt = new Date(ports.clock.now()).toISOString();
  await ports.documents.commit([{ op: 'update', path, fields: { cleanedAt, dueAt: null } }]);
}

/** Every secret that a launch of this run may have made. */
function secretsOf(runId: string, run: Run): string[] {
  const credentials = run.credentials.flatMap((text) => {
    const reference = parseReference(text);
    return reference ? [credentialId(reference)] : [];
  });
  return run.secretHashes.flatMap((_, index) => [
    runSecretId(runId, index + 1),
    ...credentials.map((credential) => runSecretId(runId, index + 1, credential)),
  ]);
}
