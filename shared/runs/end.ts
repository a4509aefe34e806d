import { type AgentState, agentPath, releaseSlots } from '../agents/slot-list.ts';
import { wakeNext } from '../agents/wake-next.ts';
import { optimistically } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import { type Current, currentPath, type Releases } from '../projects/release.ts';
import { allSettled } from '../settled.ts';
import { advance } from './advance.ts';
import { clean } from './clean.ts';
import { sweepMs } from './due.ts';
import type { Reason } from './reasons.ts';
import { expiryOf, type Run } from './run.ts';
import { next, type RunEvent } from './states.ts';

/** How a run ended. */
export interface Ending {
  event: Extract<RunEvent, 'succeed' | 'fail' | 'time_out' | 'kill' | 'lose'>;
  reason: Reason;
  why: string;
  exitCode?: number;
  signal?: number;
  lastLines?: string[];
}

/**
 * Ends a run: terminal state and release of its slots in one commit (D6), and then what follows an ending. Answers false when
 * the run is over already or cannot end this way: then somebody else ended it.
 */
export async function endRun(
  ports: Ports,
  releases: Releases,
  runId: string,
  ending: Ending,
): Promise<boolean> {
  const ended = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (!run || next(run.data.state, ending.event) === undefined) return undefined;
    const [agent, project] = await Promise.all([
      ports.documents.get<AgentState>(agentPath(run.data.agent)),
      ports.documents.get<Current>(currentPath),
    ]);
    await commit([
      ...advance(run, endingChange(ending, ports.clock.now()), ports.clock.now()),
      ...releaseSlots(agent, [run.id]),
      ...releaseSlots(project, [run.id]),
    ]);
    return run;
  });
  if (!ended) return false;
  ports.log.info('run ended', { runId, agent: ended.data.agent, reason: ending.reason });
  await finish(ports, releases, ended);
  return true;
}

function endingChange({ event, why, reason, exitCode, signal, lastLines }: Ending, now: number) {
  return {
    event,
    why,
    set: {
      reason,
      exitCode: exitCode ?? null,
      signal: signal ?? null,
      lastLines: lastLines ?? [],
      lease: null,
      dueAt: new Date(now + sweepMs),
      expireAt: expiryOf(now),
    },
  };
}

/**
 * What follows the ending of a run, as often as it takes: job and secrets go, and the free slot finds its next run. The run is
 * due until it was done (D6).
 */
export async function finish(ports: Ports, releases: Releases, run: Document<Run>): Promise<void> {
  await allSettled([wakeNext(ports, releases, run.data.agent), clean(ports, releases, run.id)]);
}
