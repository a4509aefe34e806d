import { readAgentState, writeAgentState } from '../agents/state.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import { agentIn } from '../projects/project.ts';
import type { Published } from '../projects/release.ts';

/**
 * Forgets how far the schedule of an agent was looked at that does not run by the clock any more: what would have been due
 * until it does again is not missed, and is never caught up.
 */
export async function standStill(
  ports: Ports,
  { release }: Published,
  agent: string,
): Promise<void> {
  const isForgotten = await optimistically(ports, async (commit) => {
    const state = await readAgentState(ports, agent);
    if (!state.data.schedule) return false;
    await commit([writeAgentState(state, { schedule: null })]);
    return true;
  });
  if (!isForgotten) return;
  const hasSchedule = agentIn(release, agent)?.schedule;
  ports.log.info('schedule stands still', {
    agent,
    why: hasSchedule ? 'its scale is 0' : 'the release has none for it',
  });
}
