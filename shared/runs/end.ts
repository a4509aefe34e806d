import { type AgentState, agentPath, releaseSlots } from '../agents/slot-list.ts';
import { wakeNext } from '../agents/wake-next.ts';
import { optimistically } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import { type Current, currentPath, type Releases } from '../projects/release.ts';
import { advance } from './advance.ts';
import { clean } from './clean.ts';
import { sweepMs } from './due.ts';
import type { Reason } from './reasons.ts';
import { expiryOf, type Run } from './run.ts';
import { isOver, next, type RunEvent } from './states.ts';

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
 *
 * @param stillHolds Whether the ending is still true of the run as it is when it is committed. Default: it is.
 */
export async function endRun(
  ports: Ports,
  releases: Releases,
  runId: string,
  ending: Ending,
  stillHolds: (run: Run) => boolean = () => true,
): Promise<boolean> {
  const { run, isOurs } = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    const isOurs = run && next(run.data.state, ending.event) !== undefined && stillHolds(run.data);
    if (!isOurs) return { run, isOurs: false };
    const [agent, project] = await Promise.all([
      ports.documents.get<AgentState>(agentPath(run.data.agent)),
      ports.documents.get<Current>(currentPath),
    ]);
    const now = ports.clock.now();
    await commit([
      ...advance(run, endingChange(ending, now), now),
      ...releaseSlots(agent, [run.id]),
      ...releaseSlots(project, [run.id]),
    ]);
    return { run, isOurs: true };
  });
  if (isOurs && run) {
    ports.log.info('run ended', { runId, agent: run.data.agent, reason: ending.reason });
  }
  // Over and not clean: ended just now, or by a commit of ours whose answer was lost.
  if (run && (isOurs || (isOver(run.data.state) && run.data.cleanedAt === null))) {
    await finish(ports, releases, run);
  }
  return isOurs;
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
 * What follows the ending of a run, as often as it takes: the free slot finds its next run, then job and secrets go. The run is
 * due until both were done (D6).
 */
export async function finish(ports: Ports, releases: Releases, run: Document<Run>): Promise<void> {
  await wakeNext(ports, releases, run.data.agent);
  await clean(ports, run.id);
}
