import { type AgentState, agentPath, releaseSlots, type SlotList } from '../agents/slot-list.ts';
import { unlessContended } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import { currentPath } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { isOver } from '../runs/states.ts';

/**
 * Frees the slots of runs that are over or gone, where a run of `agent` has waited too long. An ending frees its slot itself
 * (D6): this is for a document that somebody deleted. Never throws: the agent is to be woken whatever comes of this.
 */
export async function freeLostSlots(ports: Ports, agent: string): Promise<void> {
  try {
    const lists = await Promise.all([
      ports.documents.get<AgentState>(agentPath(agent)),
      ports.documents.get<SlotList>(currentPath),
    ]);
    for (const list of lists) if (list) await freeIn(ports, list);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    ports.log.warn('slots not looked at', { agent, error: message });
  }
}

async function freeIn(ports: Ports, list: Document<SlotList>): Promise<void> {
  const runs = await Promise.all(
    list.data.inFlight.map(async (id) => ({
      id,
      run: await ports.documents.get<Run>(`runs/${id}`),
    })),
  );
  const lost = runs.filter(({ run }) => !run || isOver(run.data.state)).map(({ id }) => id);
  if (lost.length === 0) return;
  ports.log.warn('freed slots that nobody used', { list: list.path, runs: lost.join(' ') });
  await unlessContended(() => ports.documents.commit(releaseSlots(list, lost)));
}
