import { credentialId, parseReference } from '../credentials/reference.ts';
import { type Document, type Ports, unless } from '../ports/index.ts';
import { allSettled } from '../settled.ts';
import { jobId, runSecretId } from './names.ts';
import type { Run } from './run.ts';

/**
 * Removes what a finished run has in Google Cloud, and records that Google took it. Due until confirmed (D6): whoever cannot
 * finish leaves `dueAt` standing, and the sweep comes back.
 *
 * @param run The run as it was when it ended, or since.
 */
export async function clean(ports: Ports, { id, path, data }: Document<Run>): Promise<void> {
  // Secrets first: a create of the job that is still on its way cannot start a container without them (decision 0003).
  await allSettled(secretsOf(id, data).map((secret) => ports.secrets.delete(secret)));
  const deleted = await unless(['resource_exhausted'], 'later', () => ports.jobs.delete(jobId(id)));
  // What starts a run goes before what tidies up after one: the sweep comes back, later each time.
  if (deleted === 'later') return;
  const cleanedAt = new Date(ports.clock.now()).toISOString();
  await ports.documents.commit([{ op: 'update', path, fields: { cleanedAt, dueAt: null } }]);
}

/** Every secret that a launch of this run may have made. The home of a credential is none. */
function secretsOf(runId: string, run: Run): string[] {
  const copied = run.credentialsDelivery === 'direct' ? [] : run.credentials;
  const credentials = copied.flatMap((text) => {
    const reference = parseReference(text);
    return reference ? [credentialId(reference)] : [];
  });
  return run.secretHashes.flatMap((_, index) => [
    runSecretId(runId, index + 1),
    ...credentials.map((credential) => runSecretId(runId, index + 1, credential)),
  ]);
}
