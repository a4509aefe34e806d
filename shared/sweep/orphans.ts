import { logLines } from '../log-lines.ts';
import type { Labels, Ports } from '../ports/index.ts';
import { runLabel, runResource } from '../runs/labels.ts';
import type { Run } from '../runs/run.ts';
import { isOver } from '../runs/states.ts';
import { allSettled } from '../settled.ts';

/** A resource younger than this is left alone, in ms: clocks differ, and its run may not be visible yet. */
const youngMs = 2 * 60_000;

/** Runs whose leavings one sweep removes: their deletions share the quota of those that start jobs (60 a minute). */
const mostRuns = 20;
/** Run documents that are read at the same time. */
const readBatch = 50;

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
  const removals = new Map<string, (() => Promise<unknown>)[]>();
  const plan = (labels: Labels, createdAt: number, remove: () => Promise<unknown>): void => {
    const run = labels[runLabel];
    if (run === undefined || createdAt >= old) return;
    removals.set(run, [...(removals.get(run) ?? []), remove]);
  };
  // Secrets first, as clean-up does: a job that is still on its way cannot start without them.
  for (const { id, labels, createdAt } of secrets) {
    plan(labels, createdAt, () => ports.secrets.delete(id));
  }
  for (const { id, labels, createdAt } of jobs)
    plan(labels, createdAt, () => ports.jobs.delete(id));

  const ownerless = await findOwnerless(ports, [...removals.keys()]);
  const leaked = secrets.filter(({ labels }) => ownerless.includes(labels[runLabel] ?? ''));
  if (leaked.length > 0) {
    // Before they go: where they cannot be removed, the next sweep says the same.
    const runs = [...new Set(leaked.map(({ labels }) => labels[runLabel]))].join(' ');
    ports.log.warn(logLines.leakedSecrets, { secrets: leaked.length, runs });
  }
  const removed = ownerless.slice(0, mostRuns).map(async (run) => {
    for (const remove of removals.get(run) ?? []) await remove();
    return removals.get(run)?.length ?? 0;
  });
  const orphans = (await allSettled(removed)).reduce((sum, count) => sum + count, 0);
  if (orphans > 0) ports.log.warn('removed what had no owner', { orphans });
  return orphans;
}

async function findOwnerless(ports: Ports, runIds: string[]): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < runIds.length && found.length < mostRuns; at += readBatch) {
    const looked = runIds.slice(at, at + readBatch).map(async (runId) => {
      const run = await ports.documents.get<Run>(`runs/${runId}`);
      return !run || (isOver(run.data.state) && run.data.cleanedAt !== null) ? [runId] : [];
    });
    found.push(...(await allSettled(looked)).flat());
  }
  return found;
}
