import { cancelled } from '../agents/end-queued.ts';
import { newestQueued, queuedUntil } from '../agents/queue.ts';
import { readAgentState } from '../agents/state.ts';
import { type Actor, auditWrite } from '../audit/audit.ts';
import { answerUnstarted } from '../calls/answer.ts';
import { callErrors } from '../calls/call.ts';
import { Retryable } from '../errors.ts';
import { tellUnstarted } from '../events/tell-end.ts';
import { optimistically } from '../optimistic.ts';
import { CloudError, type Ports, type Write } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { allSettled } from '../settled.ts';
import { endRun } from './end.ts';
import type { Run, Stop } from './run.ts';
import { isOver } from './states.ts';
import { itself, stopEnding, stopRun } from './stop.ts';
import { wakePoll } from './wake.ts';

/** What became of a run that somebody wants gone. */
export type Killed =
  /** It was queued, and nothing of it ever ran. */
  | 'cancelled'
  /** It was being launched, and is over. */
  | 'killed'
  /** Its container was told to stop; the run is over when it has. */
  | 'stopping'
  /** It was over before. */
  | 'over'
  /** There is no such run. */
  | 'unknown';

/** Kills a run in whatever state it is. The audit entry stands in the commit of the change; where nothing changes, there is none. */
export function killRun(
  ports: Ports,
  releases: Releases,
  runId: string,
  actor: Actor,
): Promise<Killed> {
  const stop: Stop = { reason: 'killed', by: actor.who, why: actor.why };
  const audit = (): Write[] => [auditWrite(ports, actor, 'run.kill', `runs/${runId}`)];
  return takeDown(ports, releases, runId, stop, audit);
}

/**
 * Ends a run or has it stopped, whatever its state: what is queued is cancelled, what is being launched is over at once (its
 * secrets go, and without them its container cannot start: decision 0003), and what runs is told to stop.
 *
 * @param beside Writes that belong into the commit of the change. Default: none.
 */
export async function takeDown(
  ports: Ports,
  releases: Releases,
  runId: string,
  stop: Stop,
  beside: () => Write[] = () => [],
): Promise<Killed> {
  try {
    return await takeDownNow(ports, releases, runId, stop, beside);
  } catch (error) {
    if (!(error instanceof Retryable || (error instanceof CloudError && error.transient)))
      throw error;
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    const isRecorded =
      isSame(run?.data.stop ?? null, stop) || (stop.by === itself && run?.data.shutDown);
    if (!run || !isRecorded) throw error;
    // It stands in the document already: what is left to do is due, and the poll that is woken does it.
    ports.log.warn('not taken down to the end yet', { runId, error: error.message });
    await wakePoll(ports, runId);
    return became(run.data.state);
  }
}

async function takeDownNow(
  ports: Ports,
  releases: Releases,
  runId: string,
  stop: Stop,
  beside: () => Write[],
): Promise<Killed> {
  // A run only ever goes on in its life: whoever was faster than us leaves fewer states to come.
  for (let hasTried = false; ; hasTried = true) {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (!run) return 'unknown';
    const { state } = run.data;
    if (isOver(state)) return hasTried && isSame(run.data.stop, stop) ? became(state) : 'over';
    if (state === 'queued') {
      if (await cancelQueued(ports, runId, stop, beside)) return 'cancelled';
    } else if (state === 'launching') {
      const ending = { ...stopEnding(stop), event: 'kill', stop } as const;
      const isLaunching = (now: Run): boolean => now.state === 'launching';
      if (await endRun(ports, releases, runId, ending, isLaunching, beside)) return 'killed';
    } else if (await stopRun(ports, runId, stop, beside)) return 'stopping';
  }
}

/** What a run became by a commit of our own whose answer, or what was to follow it, was lost. */
function became(state: Run['state']): Killed {
  if (!isOver(state)) return 'stopping';
  return state === 'cancelled' ? 'cancelled' : 'killed';
}

function isSame(one: Stop | null, other: Stop): boolean {
  return one?.reason === other.reason && one.by === other.by && one.why === other.why;
}

/** Ends a queued run, of which there is nothing to clean up, and tells outside. Answers whether it still was queued. */
async function cancelQueued(
  ports: Ports,
  runId: string,
  stop: Stop,
  beside: () => Write[],
): Promise<boolean> {
  const isOurs = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (run?.data.state !== 'queued') return false;
    const now = ports.clock.now();
    const answers = await answerUnstarted(ports, [run], callErrors.cancelled, now);
    await commit([...cancelled(run, stop, now), ...answers, ...beside()]);
    return true;
  });
  if (isOurs) await tellUnstarted(ports, [runId]);
  return isOurs;
}

/** Queued runs that are cancelled at the same time. */
const batch = 20;

/**
 * Kills the runs that an agent has in flight and, when asked, those that are queued: these first, so that none of them takes a
 * slot that the others leave. What is admitted meanwhile is left alone: it must not keep us from those in flight. Answers what
 * became of each, by run id.
 */
export async function killAgent(
  ports: Ports,
  releases: Releases,
  agent: string,
  actor: Actor,
  { queued = false }: { queued?: boolean } = {},
): Promise<{ [run: string]: Killed }> {
  const killed: { [run: string]: Killed } = {};
  const kill = async (runId: string): Promise<void> => {
    killed[runId] = await killRun(ports, releases, runId, actor);
  };
  if (queued) await killQueued(ports, agent, kill);
  const { data } = await readAgentState(ports, agent);
  await allSettled(data.inFlight.map(kill));
  return killed;
}

async function killQueued(
  ports: Ports,
  agent: string,
  kill: (runId: string) => Promise<void>,
): Promise<void> {
  const newest = await newestQueued(ports, agent);
  if (!newest) return;
  const query = { ...queuedUntil(agent, newest.data.admittedAt), limit: batch };
  for (;;) {
    const waiting = await ports.documents.query(query);
    if (waiting.length === 0) return;
    await allSettled(waiting.map(({ id }) => kill(id)));
  }
}
