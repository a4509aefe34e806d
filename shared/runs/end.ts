import { type AgentState, agentPath, releaseSlot } from '../agents/slot-holders.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import { type Current, currentPath, type Releases } from '../projects/release.ts';
import { advance } from './advance.ts';
import { clean } from './clean.ts';
import { sweepMs } from './due.ts';
import type { Reason } from './reasons.ts';
import { type Run, retentionDays } from './run.ts';
import { next, type RunEvent } from './states.ts';
import { wakeDispatch } from './wake.ts';

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
 * Ends a run: terminal state and release of its slots in one commit (D6); then job and secrets go, and the agent's queue is
 * asked for the next. Answers false when the run is over already or cannot end this way: then somebody else ended it.
 */
export async function endRun(
  ports: Ports,
  releases: Releases,
  runId: string,
  ending: Ending,
): Promise<boolean> {
  const ended = await optimistically(ports, () => commitEnding(ports, runId, ending));
  if (!ended) return false;
  ports.log.info('run ended', { runId, agent: ended.agent, reason: ending.reason });
  await Promise.all([clean(ports, releases, runId), wakeWaiting(ports, ended.agent)]);
  return true;
}

async function commitEnding(ports: Ports, runId: string, ending: Ending): Promise<Run | undefined> {
  const run = await ports.documents.get<Run>(`runs/${runId}`);
  if (!run || next(run.data.state, ending.event) === undefined) return undefined;
  const [slots, project] = await Promise.all([
    ports.documents.get<AgentState>(agentPath(run.data.agent)),
    ports.documents.get<Current>(currentPath),
  ]);
  const now = ports.clock.now();
  const change = {
    event: ending.event,
    why: ending.why,
    set: {
      reason: ending.reason,
      exitCode: ending.exitCode ?? null,
      signal: ending.signal ?? null,
      lastLines: ending.lastLines ?? [],
      lease: null,
      dueAt: new Date(now + sweepMs),
      expireAt: new Date(now + retentionDays * 86_400_000),
    },
  };
  await ports.documents.commit([
    ...advance(run, change, now),
    ...releaseSlot(slots, run.id),
    ...releaseSlot(project, run.id),
  ]);
  return run.data;
}

/** Wakes the agent's dispatch if a run is waiting. One admitted at this very moment sends its own wake-up. */
async function wakeWaiting(ports: Ports, agent: string): Promise<void> {
  const waiting = await ports.documents.query<Run>({
    collection: 'runs',
    where: [
      ['agent', '==', agent],
      ['state', 'in', ['queued']],
    ],
    orderBy: [['admittedAt', 'asc']],
    limit: 1,
  });
  if (waiting.length > 0) await wakeDispatch(ports, agent);
}
