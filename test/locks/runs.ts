import { clearWaits, locksOf, releaseLocks } from '../../shared/locks/release-all.ts';
import { optimistically } from '../../shared/optimistic.ts';
import type { Documents, Ports, Random } from '../../shared/ports/index.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import type { Run } from '../../shared/runs/run.ts';
import { newRunSecret } from '../../shared/runs/secret.ts';
import { isOver, type RunState } from '../../shared/runs/states.ts';

/** Puts a run where the gateway finds it, and answers with its secret. It has no container and nobody looks after it. */
export async function putRun(
  { documents, random }: { documents: Documents; random: Random },
  id: string,
  state: RunState = 'running',
): Promise<string> {
  const { secret, hash } = newRunSecret(random, id);
  const current = await documents.get<Current>(currentPath);
  const run: Partial<Run> = {
    agent: id.slice(0, id.lastIndexOf('-')),
    state,
    secretHashes: [hash],
    release: current?.data.release ?? '',
    dueAt: null,
  };
  await documents.commit([{ op: 'create', path: `runs/${id}`, data: run as Run }]);
  return secret;
}

/** Ends such a run, as an ending does: its locks and its waiting go in the same commit (D6). */
export async function killRun(ports: Ports, id: string): Promise<void> {
  await optimistically(ports, async (commit) => {
    const [run, locks] = await Promise.all([
      ports.documents.get<Run>(`runs/${id}`),
      locksOf(ports, id),
    ]);
    if (!run || isOver(run.data.state)) return;
    await commit([
      { op: 'update', path: run.path, version: run.version, fields: { state: 'killed' } },
      ...releaseLocks(locks, ports.clock.now()),
      clearWaits(id),
    ]);
  });
}

/** Ends such a run and leaves its locks to themselves. */
export async function loseRun({ documents }: Pick<Ports, 'documents'>, id: string): Promise<void> {
  await documents.commit([{ op: 'update', path: `runs/${id}`, fields: { state: 'lost' } }]);
}
