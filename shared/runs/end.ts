import { afterRun, dayOf, isFailure } from '../agents/budget.ts';
import { releaseSlots } from '../agents/slot-list.ts';
import { type ReadAgent, readAgentState, readCurrent, writeAgentState } from '../agents/state.ts';
import { wakeNext } from '../agents/wake-next.ts';
import { callsOf, endCalls, failRemaining } from '../calls/end-calls.ts';
import { countChunks } from '../costs/count-chunks.ts';
import { costOf, type RunCost } from '../costs/run-cost.ts';
import { cut } from '../json.ts';
import { isFullCommit, locksOf, releaseLocks, releaseRemaining } from '../locks/release-all.ts';
import { logLines } from '../log-lines.ts';
import { topicsOf } from '../notifications/decide.ts';
import { newNotice } from '../notifications/notice.ts';
import type { Topic } from '../notifications/topics.ts';
import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { agentIn } from '../projects/project.ts';
import type { Published, Releases } from '../projects/release.ts';
import { expiryOf } from '../retention/days.ts';
import { advance, advanced } from './advance.ts';
import { clean } from './clean.ts';
import { sweepMs } from './due.ts';
import { type Followed, follow } from './follow.ts';
import { type LoggedReturn, loggedReturn } from './logged-return.ts';
import type { Reason } from './reasons.ts';
import type { Run, Stop } from './run.ts';
import { runSpans } from './run-spans.ts';
import { isOver, next, type RunEvent } from './states.ts';
import { wakeDispatch, wakePoll } from './wake.ts';

/** How a run ended. */
export interface Ending {
  event: Extract<RunEvent, 'succeed' | 'fail' | 'time_out' | 'kill' | 'lose'>;
  reason: Reason;
  why: string;
  exitCode?: number;
  signal?: number;
  lastLines?: string[];
  /** Seconds that its container ran. Default: the time since it was found running, up to its timeout. */
  seconds?: number;
  /** Who ended it, when it was not stopped before. */
  stop?: Stop;
  /** The value that its log gives back, as far as it was looked at. */
  returned?: LoggedReturn;
}

/**
 * Ends a run: terminal state, release of its slots and locks, the answer to its own call and the end of those that it made, what
 * its agent has used, and the run that follows it, in one commit (D6); and then what follows an ending. Answers false when the
 * run is over already or cannot end this way: then somebody else ended it.
 *
 * @param stillHolds Whether the ending is still true of the run as it is when it is committed. Default: it is.
 * @param beside Writes that belong into the commit of the ending. Default: none.
 */
export async function endRun(
  ports: Ports,
  releases: Releases,
  runId: string,
  ending: Ending,
  stillHolds: (run: Run) => boolean = () => true,
  beside: () => Write[] = () => [],
): Promise<boolean> {
  const { run, planned } = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    const isOurs = run && next(run.data.state, ending.event) !== undefined && stillHolds(run.data);
    if (!isOurs) return { run };
    const planned = await plan(ports, releases, run, ending);
    const writes = [...planned.writes, ...beside()];
    const versions = await commit(writes);
    return { run: advanced(run, writes, versions), planned };
  });
  if (run && planned) {
    const { agent, trace } = run.data;
    ports.log.info(logLines.runEnded, { runId, agent, reason: ending.reason, trace });
    for (const span of runSpans(run)) ports.spans?.record(span);
    const { failures, notBefore } = planned;
    if (failures !== null) ports.log.warn(logLines.pausedItself, { agent, failures });
    if (notBefore !== null) await wakeDispatch(ports, agent, notBefore);
  }
  // Over and not clean: ended just now, or by a commit of ours whose answer was lost.
  if (run && (planned || (isOver(run.data.state) && run.data.cleanedAt === null))) {
    await finish(ports, releases, run, planned?.hasMoreLocks);
  }
  // Only `poll` tells people: it alone may read where.
  if (planned && run?.data.notice) await wakePoll(ports, runId);
  return planned !== undefined;
}

/** What an ending comes to. */
interface Planned {
  /** One commit: that of the run itself first. */
  writes: Write[];
  /** See {@link Followed}. */
  notBefore: Followed['notBefore'];
  /** Whether locks may still name the run after that commit. */
  hasMoreLocks: boolean;
  /** How many failures in a row have made the agent pause itself; null: it did not. */
  failures: number | null;
}

/** Reads what an ending touches beside the run, and decides what it comes to. */
async function plan(
  ports: Ports,
  releases: Releases,
  run: Document<Run>,
  ending: Ending,
): Promise<Planned> {
  const [agent, project, locks, calls, chunks] = await Promise.all([
    readAgentState(ports, run.data.agent),
    readCurrent(ports),
    locksOf(ports, run.id),
    callsOf(ports, run),
    countChunks(ports, run.id),
  ]);
  const id = project?.data.release;
  const published = id === undefined ? undefined : { id, release: await releases.get(id) };
  const now = ports.clock.now();
  const late = ending.returned && loggedReturn(run, ending.returned, now);
  const answering = { ...run, data: { ...run.data, ...late?.set } };
  const followed = await follow(ports, published, run, ending, now);
  const outcome = { succeeds: ending.event === 'succeed', next: followed.set.next ?? null };
  const isFollowed = outcome.next !== null;
  const { write, failures, cost, about } = agentAfter(
    agent,
    published,
    run,
    { ...ending, chunks, isFollowed },
    now,
  );
  const change = endingChange(run.data, ending, followed, { ...late?.set, cost }, now);
  const notice = about.length > 0 ? { notice: newNotice(about, now) } : {};
  const writes = [
    ...advance(run, { ...change, ...notice }, now),
    write,
    ...releaseSlots(project, [run.id]),
    ...releaseLocks(locks, now),
    ...endCalls(calls, answering, outcome, now),
    ...followed.writes,
    ...(late?.writes ?? []),
  ];
  return { writes, notBefore: followed.notBefore, hasMoreLocks: isFullCommit(locks), failures };
}

/** Longest reason of an ending beside which what follows is told, in UTF-16 units: of half a page, the end is what is cut. */
const longestWhy = 300;

function endingChange(
  { keptDays }: Run,
  ending: Ending,
  followed: Followed,
  told: Partial<Run>,
  now: number,
) {
  const { event, why, reason, exitCode, signal, lastLines, stop } = ending;
  return {
    event,
    why: followed.why === null ? why : `${cut(why, longestWhy)}; ${followed.why}`,
    set: {
      reason,
      exitCode: exitCode ?? null,
      signal: signal ?? null,
      lastLines: lastLines ?? [],
      ...(stop ? { stop } : {}),
      ...told,
      ...followed.set,
      lease: null,
      dueAt: new Date(now + sweepMs),
      expireAt: expiryOf(now, keptDays),
    },
  };
}

/**
 * The agent's state without the run: its slot and key are free, and what it used is counted. An attempt that will be retried
 * is a failure like any other: it costs as much. `failures` as of {@link Planned}; `about`: what people are to be told.
 */
function agentAfter(
  agent: ReadAgent,
  published: Published | undefined,
  run: Document<Run>,
  ending: Ending & { chunks: number; isFollowed: boolean },
  now: number,
): { write: Write; failures: number | null; cost: RunCost; about: Topic[] } {
  const { [run.id]: _, ...keys } = agent.data.keys;
  const end = next(run.data.state, ending.event);
  const seconds = ending.seconds ?? secondsSince(run.data, now);
  const day = dayOf(now, published?.release.timezone ?? 'UTC');
  const cost = costOf(run.data, { seconds, chunks: ending.chunks, day });
  const failed = end === undefined ? null : isFailure(end);
  const used = { failed, seconds, cost, day, now };
  const configured = published && agentIn(published.release, run.data.agent);
  const after = afterRun(agent.data, configured, used);
  const failures = after.paused ? (after.failures ?? null) : null;
  const spend = after.spend ?? agent.data.spend;
  const about =
    end === undefined
      ? []
      : topicsOf(published?.release, configured, {
          end,
          isFollowed: ending.isFollowed,
          after: { spend },
          pausesItself: failures !== null,
          day,
        });
  const write = writeAgentState(agent, {
    ...after,
    ...(about.includes('budget') && { spend: { ...spend, told: true } }),
    inFlight: agent.data.inFlight.filter((id) => id !== run.id),
    keys,
  });
  return { write, failures, cost, about };
}

/** Seconds that a run's container ran at most, by what its document knows. */
function secondsSince({ times, timeout }: Run, now: number): number {
  const since = Date.parse(times.running ?? '');
  return Number.isNaN(since) ? 0 : Math.min((now - since) / 1_000, timeout);
}

/**
 * What follows the ending of a run, as often as it takes: what its commit could not release is released, the free slot finds its
 * next run, what it still waits for is given up, then job and secrets go. The run is due until all of it was done (D6).
 *
 * @param mayHoldLocks Whether locks may still name it. Default: they may.
 */
export async function finish(
  ports: Ports,
  releases: Releases,
  run: Document<Run>,
  mayHoldLocks = true,
): Promise<void> {
  if (mayHoldLocks) await releaseRemaining(ports, run.id);
  await wakeNext(ports, releases, run.data.agent);
  await failRemaining(ports, run);
  await clean(ports, run);
}
