import type { Labels, Ports } from '../ports/index.ts';
import { runLabel, runResource } from '../runs/labels.ts';
import type { Run } from '../runs/run.ts';
import { isOver } from '../runs/states.ts';

/** A resource younger than this is left alone, in ms: clocks differ, and its run may not be visible yet. */
const youngMs = 2 * 60_000;

/**
 * Deletes jobs and run secrets whose run is over and clean, or gone: what a crash, or a call that arrived late, left behind
 * (D6). A run that is over but not clean is due, and cleans up by itself. Answers how many there were.
 */
export async function removeOrphans(ports: Ports): Promise<number> {
  const [jobs, secrets] = await Promise.all([
    ports.jobs.list(runResource),
    ports.secrets.list(runResource),
  ]);
  const old = ports.clock.now() - youngMs;
  const oldJobs = jobs.filter((job) => job.createdAt < old);
  const oldSecrets = secrets.filter((secret) => secret.createdAt < old);
  const suspects = new Set([...oldJobs, ...oldSecrets].map(runOf));
  const ownerless = new Set<string>();
  await Promise.all(
    [...suspects].map(async (runId) => {
      if (await isOwnerless(ports, runId)) ownerless.add(runId);
    }),
  );
  const orphanSecrets = oldSecrets.filter((secret) => ownerless.has(runOf(secret)));
  const orphanJobs = oldJobs.filter((job) => ownerless.has(runOf(job)));
  await Promise.all(orphanSecrets.map((secret) => ports.secrets.delete(secret.id)));
  await Promise.all(orphanJobs.map((job) => ports.jobs.delete(job.id)));
  const orphans = orphanJobs.length + orphanSecrets.length;
  if (orphans > 0) ports.log.warn('removed what had no owner', { orphans });
  return orphans;
}

function runOf({ labels }: { labels: Labels }): string {
  return labels[runLabel] ?? '';
}

async function isOwnerless(ports: Ports, runId: string): Promise<boolean> {
  if (runId === '') return false;
  const run = await ports.documents.get<Run>(`runs/${runId}`);
  return !run || (isOver(run.data.state) && run.data.cleanedAt !== null);
}
