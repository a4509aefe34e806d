import { slowDown } from '../agents/pace.ts';
import { confirmed } from '../events/confirmed.ts';
import { tryToPublish } from '../events/publish.ts';
import { logLines } from '../log-lines.ts';
import { optimistically } from '../optimistic.ts';
import { CloudError, type Document, type JobInfo, type Ports } from '../ports/index.ts';
import { agentIn } from '../projects/project.ts';
import type { Releases } from '../projects/release.ts';
import type { Settings } from '../settings.ts';
import { allSettled } from '../settled.ts';
import { advance } from './advance.ts';
import { runningDueAt, startMs, sweepMs } from './due.ts';
import { type Ending, endRun } from './end.ts';
import { type Launch, launch } from './launch.ts';
import { jobId } from './names.ts';
import type { Reason } from './reasons.ts';
import type { Run } from './run.ts';
import { isOver } from './states.ts';
import { planPoll, wakeDispatch } from './wake.ts';

/** The right to launch a run, as it was committed, with what only its holder knows. */
export interface Leased {
  /** The run as it was before the lease. */
  run: Document<Run>;
  attempt: number;
  /** Launches before this one that failed for another reason than a quota. */
  failures: number;
  /** The run's own secret of this attempt, and the hash of it that stands in the document. */
  secret: string;
  hash: string;
}

/** Failed launches after which a run fails for good. */
const mostFailures = 5;
/** Longest time in ms that a run may be launching, however often a quota sends it back: a day's peak has passed by then. */
const longestLaunchMs = 24 * 60 * 60_000;
/** Pause after the first failed launch, in ms; it doubles with each, up to the longest, and is drawn from its upper half. */
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;
/** From this attempt on the pause is longer: a quota that has refused so often is not a matter of minutes. */
const manyAttempts = 30;
const longPauseMs = 10 * 60_000;

/** Launches a run whose lease we hold, and records what came of it. */
export async function startRun(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  leased: Leased,
): Promise<void> {
  const { run, attempt } = leased;
  const begunAt = ports.clock.now();
  if (isExhausted(leased, begunAt)) {
    await giveUp(ports, releases, leased);
    return;
  }
  const project = await releases.get(run.data.release);
  const agent = agentIn(project, run.data.agent);
  if (!agent) throw new Error(`release ${run.data.release} has no agent ${run.data.agent}`);
  if (!(await tryLaunch(ports, settings, releases, { ...leased, agent, project }))) {
    await tryToPublish(ports, withLease(leased));
    return;
  }
  const found = await findStart(ports, releases, withLease(leased));
  const seconds = (ports.clock.now() - begunAt) / 1_000;
  ports.log.info(logLines.launched, {
    runId: run.id,
    agent: run.data.agent,
    trace: run.data.trace,
    attempt,
    found,
    seconds,
  });
  if (found === 'started' || (await removeIfOver(ports, run))) return;
  if (found === 'pending') await waitForStart(ports, leased);
}

/** The run with the journal entry of its lease. */
function withLease({ run }: Leased): Document<Run> {
  return { ...run, data: { ...run.data, events: run.data.events + 1 } };
}

/**
 * Deletes the job of a run that somebody ended while it was being launched: who cleaned up after it may have been there before
 * the job was, and its container cannot start, but the job would wait for the sweep. Answers whether the run is over.
 */
async function removeIfOver(ports: Ports, { id, path }: Document<Run>): Promise<boolean> {
  const run = await ports.documents.get<Run>(path);
  if (!run || !isOver(run.data.state)) return false;
  await ports.jobs.delete(jobId(id));
  return true;
}

/** Cloud Run has the job and has not started it: the lease lasts, and a poll will look. */
async function waitForStart(ports: Ports, leased: Leased): Promise<void> {
  const { run, attempt } = leased;
  if (attempt > 1) {
    const until = ports.clock.now() + startMs;
    await giveBack(ports, leased, until, 'Cloud Run has its job and is about to start it');
  }
  await planPoll(ports, run.id, attempt, 0);
}

/** Whether a run is still launching under this lease. */
function isLaunching(attempt: number): (run: Run) => boolean {
  return ({ state, lease }) => state === 'launching' && lease?.attempt === attempt;
}

/** Answers whether Cloud Run has the job. Where it cannot have it, the run has ended, or its launch is put off. */
async function tryLaunch(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  leased: Leased & Pick<Launch, 'agent' | 'project'>,
): Promise<boolean> {
  const { run, attempt } = leased;
  const { agent, trace } = run.data;
  const fields = { runId: run.id, agent, trace, attempt };
  try {
    const launched = await launch(ports, settings, leased);
    if (launched.outcome === 'accepted') return true;
    ports.log.warn('launch came to nothing', { ...fields, outcome: launched.outcome });
    if (launched.outcome === 'refused') {
      await endRun(ports, releases, run.id, { event: 'fail', ...launched }, isLaunching(attempt));
    }
  } catch (error) {
    if (!(error instanceof CloudError && error.transient)) throw error;
    ports.log.warn('launch put off', { ...fields, error: error.message });
    await putOff(ports, leased, error);
  }
  return false;
}

function isExhausted({ run, failures }: Leased, now: number): boolean {
  const since = Date.parse(run.data.times.launching ?? '') || now;
  return failures >= mostFailures || now - since > longestLaunchMs;
}

/** The last look at a run whose launches all failed: it may have started after all. */
async function giveUp(ports: Ports, releases: Releases, leased: Leased): Promise<void> {
  const { run, attempt } = leased;
  if ((await findStart(ports, releases, withLease(leased))) !== 'absent') return;
  const why = `${attempt - 1} launches did not get through`;
  const ending = { event: 'fail', reason: 'launch_failed', why } as const;
  await endRun(ports, releases, run.id, ending, isLaunching(attempt));
}

/** What is known of a launching run's start. */
export type Found = 'started' | 'pending' | 'absent' | 'refused' | 'not launching';

/**
 * Looks in Cloud Run for what became of a launch (D3), and records a start, a refusal, or that it took too long. Meanwhile the
 * events of the run up to here are published: its container starts without waiting for that, and the start's commit tells of it.
 */
export async function findStart(
  ports: Ports,
  releases: Releases,
  run: Document<Run>,
): Promise<Found> {
  const runId = run.id;
  const [job] = await allSettled([ports.jobs.get(jobId(runId)), tryToPublish(ports, run)]);
  if (!job) return 'absent';
  if (job.execution !== undefined) return recordStart(ports, runId, job.execution);
  const isLate = ports.clock.now() - job.createdAt > startMs;
  if (!job.refusal && !isLate) return 'pending';
  const ending = job.refusal ? refusalEnding(job.refusal) : neverStarted;
  await endRun(ports, releases, runId, ending, ({ state }) => state === 'launching');
  return 'refused';
}

const neverStarted: Ending = {
  event: 'fail',
  reason: 'launch_failed',
  why: 'Cloud Run took its job and never started it',
};

const refusalReasons: { readonly [code in NonNullable<JobInfo['refusal']>['code']]: Reason } = {
  image_not_found: 'image_not_found',
  secret_unreadable: 'secret_unreadable',
  other: 'launch_refused',
};

function refusalEnding(refusal: NonNullable<JobInfo['refusal']>): Ending {
  return { event: 'fail', reason: refusalReasons[refusal.code], why: refusal.message };
}

/** Records the start, and plans the polls that follow the execution (D7). */
async function recordStart(ports: Ports, runId: string, execution: string): Promise<Found> {
  const attempt = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (run?.data.state !== 'launching') return undefined;
    const now = ports.clock.now();
    const change = {
      event: 'start',
      why: `execution ${execution} was started`,
      set: {
        execution,
        deadline: new Date(now + run.data.timeout * 1_000).toISOString(),
        dueAt: runningDueAt(now, now),
      },
      published: confirmed(ports, run),
    } as const;
    await commit(advance(run, change, now));
    return run.data.lease?.attempt ?? 1;
  });
  if (attempt === undefined) return 'not launching';
  await planPoll(ports, runId, attempt, 0);
  return 'started';
}

/** Puts a launch off for a pause that grows with the attempts. A quota is no failure: it slows all launches down instead. */
async function putOff(ports: Ports, leased: Leased, error: CloudError): Promise<void> {
  const { attempt, run } = leased;
  const isOverQuota = error.code === 'resource_exhausted';
  const failures = leased.failures + (isOverQuota ? 0 : 1);
  const spread = isOverQuota ? ((await slowDown(ports, attempt === 1)) ?? 0) : 0;
  const pause = Math.min(Math.max(spread, pauseAfter(ports, attempt)), longPauseMs);
  const until = ports.clock.now() + pause;
  const why = `launch ${attempt} is repeated later: ${error.message}`;
  const isOurs = await giveBack(ports, { ...leased, failures }, until, why);
  if (isOurs) await wakeDispatch(ports, run.data.agent, until);
  // Nobody can say whether Cloud Run took the job after all.
  else await removeIfOver(ports, run);
}

/** In ms. */
function pauseAfter({ random }: Ports, attempt: number): number {
  const longest = attempt < manyAttempts ? longestPauseMs : longPauseMs;
  const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longest);
  return pause * (0.5 + random.fraction() / 2);
}

/** Gives a lease back, to be taken again at `until` (ms since the epoch). Answers whether it was still ours. */
async function giveBack(
  ports: Ports,
  { run: before, attempt, failures }: Leased,
  until: number,
  why: string,
): Promise<boolean> {
  return optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(before.path);
    if (!run || !isLaunching(attempt)(run.data)) return false;
    const change = {
      event: 'postpone',
      why,
      set: {
        lease: { attempt, failures, until: new Date(until).toISOString(), givenBack: true },
        dueAt: new Date(until + sweepMs),
      },
      published: confirmed(ports, run),
    } as const;
    await commit(advance(run, change, ports.clock.now()));
    return true;
  });
}
