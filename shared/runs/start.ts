import { optimistically } from '../optimistic.ts';
import { CloudError, type Document, type JobInfo, type Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import type { Settings } from '../settings.ts';
import { advance } from './advance.ts';
import { runningDueAt, sweepMs } from './due.ts';
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
  /** The run's own secret of this attempt, and the hash of it that stands in the document. */
  secret: string;
  hash: string;
}

/** Launches of a run before it fails for good. */
const maxLaunches = 5;
/** Pause after the first failed launch, in ms; it doubles with each. */
const firstPauseMs = 5_000;

/** Launches a run whose lease we hold, and records what came of it. */
export async function startRun(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  { run, attempt, secret }: Leased,
): Promise<void> {
  const release = await releases.get(run.data.release);
  const agent = release.agents[run.data.agent];
  if (!agent) throw new Error(`release ${run.data.release} has no agent ${run.data.agent}`);
  const fields = { runId: run.id, agent: run.data.agent, attempt };
  if (attempt > maxLaunches) {
    if ((await findStart(ports, releases, run.id)) === 'absent') {
      const why = `${maxLaunches} launches did not get through`;
      await endRun(ports, releases, run.id, { event: 'fail', reason: 'launch_failed', why });
    }
    return;
  }
  try {
    const launched = await launch(ports, settings, { run, agent, attempt, secret });
    if (launched.outcome === 'refused') {
      ports.log.warn('launch refused', { ...fields, reason: launched.reason });
      await endRun(ports, releases, run.id, { event: 'fail', ...launched });
      return;
    }
  } catch (error) {
    if (!(error instanceof CloudError && error.transient)) throw error;
    ports.log.warn('launch postponed', { ...fields, error: error.message });
    await postpone(ports, run.id, attempt, error.message);
    return;
  }
  const found = await findStart(ports, releases, run.id);
  ports.log.info('launched', { ...fields, found });
  await planPoll(ports, run.id, attempt, 0);
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
  return optimistically(ports, async () => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (run?.data.state !== 'launching') return 'not launching';
    const agent = (await releases.get(run.data.release)).agents[run.data.agent];
    const now = ports.clock.now();
    const deadline = now + (agent?.timeout ?? 0) * 1_000;
    await ports.documents.commit(
      advance(
        run,
        {
          event: 'start',
          why: `execution ${execution} was started`,
          set: {
            execution,
            deadline: new Date(deadline).toISOString(),
            dueAt: runningDueAt(now, now, deadline),
          },
        },
        now,
      ),
    );
    return 'started';
  });
}

/** Gives the lease back early, so that the launch is repeated after a pause that grows with the attempts. */
async function postpone(ports: Ports, runId: string, attempt: number, why: string): Promise<void> {
  const until = ports.clock.now() + firstPauseMs * 2 ** (attempt - 1);
  const agent = await optimistically(ports, async () => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (run?.data.state !== 'launching' || run.data.lease?.attempt !== attempt) return undefined;
    await ports.documents.commit(
      advance(
        run,
        {
          event: 'postpone',
          why: `launch ${attempt} is repeated later: ${why}`,
          set: {
            lease: { attempt, until: new Date(until).toISOString() },
            dueAt: new Date(until + sweepMs),
          },
        },
        ports.clock.now(),
      ),
    );
    return run.data.agent;
  });
  if (agent !== undefined) await wakeDispatch(ports, agent, until);
}
