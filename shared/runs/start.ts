import { optimistically } from '../optimistic.ts';
import { CloudError, type Document, type JobInfo, type Ports } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import type { Releases } from '../projects/release.ts';
import type { Settings } from '../settings.ts';
import { advance } from './advance.ts';
import { runningDueAt, startMs, sweepMs } from './due.ts';
import { type Ending, endRun } from './end.ts';
import { launch } from './launch.ts';
import { jobId } from './names.ts';
import type { Reason } from './reasons.ts';
import type { Run } from './run.ts';
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
/** Longest time in ms that a run may be launching, however often a quota sends it back. */
const longestLaunchMs = 60 * 60_000;
/** Pause after the first failed launch, in ms; it doubles with each, up to the longest, and is drawn from its upper half. */
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

/** Launches a run whose lease we hold, and records what came of it. */
export async function startRun(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  leased: Leased,
): Promise<void> {
  const { run, attempt } = leased;
  if (isExhausted(leased, ports.clock.now())) {
    await giveUp(ports, releases, leased);
    return;
  }
  const agent = (await releases.get(run.data.release)).agents[run.data.agent];
  if (!agent) throw new Error(`release ${run.data.release} has no agent ${run.data.agent}`);
  if (!(await tryLaunch(ports, settings, releases, leased, agent))) return;
  const found = await findStart(ports, releases, run.id);
  ports.log.info('launched', { runId: run.id, agent: run.data.agent, attempt, found });
  await planPoll(ports, run.id, attempt, 0);
}

/** Answers whether Cloud Run has the job. Where it cannot have it, the run has ended, or its launch is put off. */
async function tryLaunch(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  leased: Leased,
  agent: Agent,
): Promise<boolean> {
  const { run, attempt } = leased;
  const fields = { runId: run.id, agent: run.data.agent, attempt };
  try {
    const launched = await launch(ports, settings, { ...leased, agent });
    if (launched.outcome === 'accepted') return true;
    ports.log.warn('launch came to nothing', { ...fields, outcome: launched.outcome });
    if (launched.outcome === 'refused') {
      await endRun(ports, releases, run.id, { event: 'fail', ...launched });
    }
  } catch (error) {
    if (!(error instanceof CloudError && error.transient)) throw error;
    ports.log.warn('launch put off', { ...fields, error: error.message });
    await putOff(ports, leased, error);
  }
  return false;
}

function launchingSince(run: Run, now: number): number {
  return Date.parse(run.times.launching ?? '') || now;
}

function isExhausted({ run, failures }: Leased, now: number): boolean {
  return failures >= mostFailures || now - launchingSince(run.data, now) > longestLaunchMs;
}

/** The last look at a run whose launches all failed: it may have started after all, or Cloud Run may still be at it. */
async function giveUp(ports: Ports, releases: Releases, { run, attempt }: Leased): Promise<void> {
  const found = await findStart(ports, releases, run.id);
  const now = ports.clock.now();
  if (found === 'pending' && now - launchingSince(run.data, now) < startMs) return;
  if (found !== 'absent' && found !== 'pending') return;
  const why =
    found === 'pending'
      ? 'Cloud Run took its job and never started it'
      : `${attempt - 1} launches did not get through`;
  await endRun(ports, releases, run.id, { event: 'fail', reason: 'launch_failed', why });
}

/** What is known of a launching run's start. */
export type Found = 'started' | 'pending' | 'absent' | 'refused' | 'not launching';

/** Looks in Cloud Run for what became of a launch (D3), and records a start or a refusal. */
export async function findStart(ports: Ports, releases: Releases, runId: string): Promise<Found> {
  const job = await ports.jobs.get(jobId(runId));
  if (!job) return 'absent';
  if (job.refusal) {
    await endRun(ports, releases, runId, refusalEnding(job.refusal));
    return 'refused';
  }
  if (job.execution === undefined) return 'pending';
  return recordStart(ports, releases, runId, job.execution);
}

const refusalReasons: { readonly [code in NonNullable<JobInfo['refusal']>['code']]: Reason } = {
  image_not_found: 'image_not_found',
  secret_unreadable: 'secret_unreadable',
  other: 'launch_refused',
};

function refusalEnding(refusal: NonNullable<JobInfo['refusal']>): Ending {
  return { event: 'fail', reason: refusalReasons[refusal.code], why: refusal.message };
}

async function recordStart(
  ports: Ports,
  releases: Releases,
  runId: string,
  execution: string,
): Promise<Found> {
  return optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (run?.data.state !== 'launching') return 'not launching';
    const agent = (await releases.get(run.data.release)).agents[run.data.agent];
    const now = ports.clock.now();
    const change = {
      event: 'start',
      why: `execution ${execution} was started`,
      set: {
        execution,
        deadline: new Date(now + (agent?.timeout ?? 0) * 1_000).toISOString(),
        dueAt: runningDueAt(now, now),
      },
    } as const;
    await commit(advance(run, change, now));
    return 'started';
  });
}

/** Gives the lease back, so that the launch is repeated after a pause that grows with the attempts. A quota is no failure. */
async function putOff(
  ports: Ports,
  { run: before, ...leased }: Leased,
  error: CloudError,
): Promise<void> {
  const { attempt } = leased;
  const failures = leased.failures + (error.code === 'resource_exhausted' ? 0 : 1);
  const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
  const until = ports.clock.now() + pause * (0.5 + ports.random.fraction() / 2);
  const isOurs = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(before.path);
    if (run?.data.state !== 'launching' || run.data.lease?.attempt !== attempt) return false;
    const change = {
      event: 'postpone',
      why: `launch ${attempt} is repeated later: ${error.message}`,
      set: {
        lease: { attempt, failures, until: new Date(until).toISOString(), givenBack: true },
        dueAt: new Date(until + sweepMs),
      },
    } as const;
    await commit(advance(run, change, ports.clock.now()));
    return true;
  });
  if (isOurs) await wakeDispatch(ports, before.data.agent, until);
}
