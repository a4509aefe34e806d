import { publishNew } from '../events/publish-new.ts';
import { tellLate } from '../events/tell-end.ts';
import { deliverNotice } from '../notifications/deliver.ts';
import type { Document, ExecutionInfo, Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { graceMs, startMs, stopMs } from './due.ts';
import { type Ending, endRun, finish } from './end.ts';
import { lastLines } from './last-lines.ts';
import { findLoggedReturn } from './logged-return.ts';
import { jobId } from './names.ts';
import { outcome } from './outcome.ts';
import type { Run, Stop } from './run.ts';
import { findStart } from './start.ts';
import { stopEnding, stopRun } from './stop.ts';
import { planPoll, wakeDispatch } from './wake.ts';

/** Which poll of which launch this is; a poll that something else than the chain asked for has none. */
export interface PollOrdinal {
  attempt: number;
  n: number;
}

/**
 * Brings a run one step on: finds its start, observes its execution, ends it, or cleans up after it (D5, D7). Looks at the
 * world, not at who asked. Answers whether there is such a run.
 */
export async function poll(
  ports: Ports,
  releases: Releases,
  runId: string,
  ordinal?: PollOrdinal,
): Promise<boolean> {
  const run = await ports.documents.get<Run>(`runs/${runId}`);
  if (!run) return false;
  const watch = await step(ports, releases, run);
  if (!watch) return true;
  // One chain of polls a run: that of the launch which started it.
  if (ordinal && ordinal.attempt === run.data.lease?.attempt) {
    await planPoll(ports, runId, ordinal.attempt, ordinal.n + 1);
  }
  // Of a run that is over its end tells the rest.
  await publishNew(ports, run);
  return true;
}

/** Answers whether the run has an execution to go on watching, or may yet have. */
async function step(ports: Ports, releases: Releases, run: Document<Run>): Promise<boolean> {
  switch (run.data.state) {
    case 'queued':
      await wakeDispatch(ports, run.data.agent);
      return false;
    case 'launching':
      return stepLaunching(ports, releases, run);
    case 'running':
    case 'ending':
      return observe(ports, releases, run);
    default:
      if (run.data.cleanedAt === null) await finish(ports, releases, run);
      else if (run.data.dueAt !== null) await tellLate(ports, run);
      if (run.data.notice?.state === 'due') await deliverNotice(ports, releases, run.id);
      return false;
  }
}

async function stepLaunching(
  ports: Ports,
  releases: Releases,
  run: Document<Run>,
): Promise<boolean> {
  const found = await findStart(ports, releases, run);
  if (found === 'refused') return false;
  if (found === 'absent' || found === 'pending') {
    // A launch that came to nothing is repeated, or given up, when its lease has run out.
    const until = Date.parse(run.data.lease?.until ?? '');
    if (!(until > ports.clock.now())) await wakeDispatch(ports, run.data.agent);
    return found === 'pending';
  }
  // It may be over already: the end of a short run is told before its start was looked for, or while another looks.
  const started = await ports.documents.get<Run>(run.path);
  return started?.data.state === 'running' && observe(ports, releases, started);
}

async function observe(ports: Ports, releases: Releases, run: Document<Run>): Promise<boolean> {
  const { execution: name, timeout, state, stop } = run.data;
  if (name === null) throw new Error(`run ${run.id} is ${state} without an execution`);
  const execution = await ports.jobs.execution(jobId(run.id), name);
  const now = ports.clock.now();
  const isLate = now > latestEnd(run.data, execution);
  const ending =
    (execution ? outcome(execution, timeout, stop) : await vanished(ports, run.id, name, isLate)) ??
    unstoppable(run.data, now);
  if (ending) {
    // Told to stop meanwhile, it is over for another reason than the one that was just found.
    const isAsSeen = (at: Run): boolean => at.state === state;
    const told = await withLog(ports, run, ending);
    if (await endRun(ports, releases, run.id, told, isAsSeen)) return false;
    const changed = await ports.documents.get<Run>(run.path);
    return changed?.data.state === 'ending' && state === 'running'
      ? observe(ports, releases, changed)
      : false;
  }
  // Whoever told it to stop may have died before Cloud Run heard of it.
  if (state === 'ending' || isLate) await stopRun(ports, run.id, stop ?? overdue);
  return true;
}

const overdue: Stop = {
  reason: 'timeout',
  by: 'drover',
  why: 'it should be over and is being cancelled',
};

/**
 * The time in ms since the epoch after which Cloud Run should have ended an execution: it counts from the start of the
 * container, and an image may take minutes to arrive before that.
 */
function latestEnd({ timeout, times }: Run, execution: ExecutionInfo | undefined): number {
  if (execution?.startedAt !== undefined) return execution.startedAt + timeout * 1_000 + graceMs;
  const created = Date.parse(times.running ?? '') || 0;
  return created + startMs + (execution ? 0 : timeout * 1_000);
}

/** An execution that goes on long after it was told to stop ends with its job, which cleaning up deletes. */
function unstoppable({ times, stop }: Run, now: number): Ending | undefined {
  if (!stop || !(now - Date.parse(times.ending ?? '') > stopMs)) return undefined;
  const ending = stopEnding(stop);
  return { ...ending, why: `${ending.why}; it did not stop when it was told to` };
}

/** An execution that cannot be found is lost when its job has none of that name, and at the latest when it should be over. */
async function vanished(
  ports: Ports,
  runId: string,
  execution: string,
  isLate: boolean,
): Promise<Ending | undefined> {
  const job = await ports.jobs.get(jobId(runId));
  if (job?.execution === execution && !isLate) return undefined;
  const why = `execution ${execution} is gone and nobody saw how it ended`;
  return { event: 'lose', reason: 'execution_vanished', why };
}

/** The ending with what of the run's log belongs to it, and may still be on its way to us. */
async function withLog(ports: Ports, run: Document<Run>, ending: Ending): Promise<Ending> {
  if (ending.event === 'succeed') {
    const returned = await findLoggedReturn(ports, run);
    return returned ? { ...ending, returned } : ending;
  }
  if (ending.event !== 'fail') return ending;
  const since = Date.parse(run.data.times.launching ?? '');
  return { ...ending, lastLines: await lastLines(ports, run.id, since) };
}
