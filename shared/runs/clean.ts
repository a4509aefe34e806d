import { credentialId, parseReference } from '../credentials/reference.ts';
import { eventsOf } from '../events/confirmed.ts';
import { tryToPublish } from '../events/publish.ts';
import { recordDone } from '../events/tell-end.ts';
import { type Document, type Ports, unless } from '../ports/index.ts';
import { allSettled } from '../settled.ts';
import { jobId, runSecretId } from './names.ts';
import type { Run } from './run.ts';

/**
 * Removes what a finished run has in Google Cloud, tells outside how it ended, and records that Google took both. Due until
 * confirmed (D6): whoever cannot finish leaves `dueAt` standing, and the sweep comes back.
 *
 * @param run The run as its end left it, or since.
 */
export async function clean(ports: Ports, run: Document<Run>): Promise<void> {
  const [isTold, isRemoved] = await allSettled([tryToPublish(ports, run), remove(ports, run)]);
  // What starts a run goes before what tidies up after one: the sweep comes back, later each time.
  if (!isRemoved) return;
  const cleanedAt = new Date(ports.clock.now()).toISOString();
  const done = { cleanedAt, ...(isTold && { published: eventsOf(run) }) };
  await recordDone(ports, run.path, done, run);
}

/** Answers whether job and secrets are gone; a quota may refuse it. */
async function remove(ports: Ports, { id, data }: Document<Run>): Promise<boolean> {
  // Secrets first: a create of the job that is still on its way cannot start a container without them (decision 0003).
  await allSettled(secretsOf(id, data).map((secret) => ports.secrets.delete(secret)));
  const deleted = await unless(['resource_exhausted'], 'later', () => ports.jobs.delete(jobId(id)));
  return deleted !== 'later';
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
