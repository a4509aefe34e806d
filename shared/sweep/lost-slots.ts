import { releaseSlots } from '../agents/slot-list.ts';
import { type ReadAgent, releaseAgent } from '../agents/state.ts';
import { unlessContended } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import type { Current } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { isOver } from '../runs/states.ts';

/** What came of a look for lost slots: there were none, they are free, or somebody has just changed what lists them. */
export type Freed = 'none' | 'freed' | 'contended';

/**
 * Frees the slots and keys of runs that are over or gone, where a run of the agent has waited too long. An ending frees them
 * itself (D6): this is for a document that somebody deleted.
 */
export async function freeLostSlots(ports: Ports, agent: ReadAgent): Promise<Freed> {
  return freeIn(ports, agent.agent, agent.data.inFlight, (lost) => releaseAgent(agent, lost));
}

/**
 * The same for the slots of the project. A release that limits it for the first time counts what runs, and may count a run that
 * ends in this moment (docs/decisions/0009).
 */
export async function freeLostProjectSlots(
  ports: Ports,
  project: Document<Current>,
): Promise<Freed> {
  return freeIn(ports, 'project', project.data.inFlight, (lost) => releaseSlots(project, lost));
}

async function freeIn(
  ports: Ports,
  whose: string,
  inFlight: readonly string[],
  release: (lost: string[]) => Write[],
): Promise<Freed> {
  const runs = await Promise.all(
    inFlight.map(async (id) => ({ id, run: await ports.documents.get<Run>(`runs/${id}`) })),
  );
  const lost = runs.filter(({ run }) => !run || isOver(run.data.state)).map(({ id }) => id);
  if (lost.length === 0) return 'none';
  let freed: Freed = 'contended';
  await unlessContended(async () => {
    await ports.documents.commit(release(lost));
    freed = 'freed';
    ports.log.warn('freed slots that nobody used', { whose, runs: lost.join(' ') });
  });
  return freed;
}
