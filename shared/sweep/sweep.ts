import { timeToCome } from '../agents/pace.ts';
import { countQueued } from '../agents/queue.ts';
import { readAgentState, readCurrent } from '../agents/state.ts';
import { wakeSharers } from '../agents/wake-next.ts';
import { confirmed } from '../events/confirmed.ts';
import { tryToPublish } from '../events/publish.ts';
import { sweepLocks } from '../locks/sweep-locks.ts';
import { isRestDone } from '../notifications/deliver.ts';
import { noticeDueAt } from '../notifications/notice.ts';
import { isContention } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import type { Current, Releases } from '../projects/release.ts';
import { removeOld } from '../retention/remove-old.ts';
import { endingDueAt, runningDueAt, sweepMs, untoldDueAt } from '../runs/due.ts';
import type { Run } from '../runs/run.ts';
import { wakeDispatch, wakePoll } from '../runs/wake.ts';
import { allSettled } from '../settled.ts';
import { freeLostProjectSlots, freeLostSlots } from './lost-slots.ts';
import { removeOrphans } from './orphans.ts';
import { tellQueueAge } from './queue-age.ts';
import { crowd, queueLook } from './queue-look.ts';
import { tellStuck } from './stuck.ts';

/** Overdue runs that one sweep wakes; more are left to the next. */
const batch = 300;
/** Runs that one commit puts off: where one of them has changed meanwhile, its companions wait for the next sweep. */
const putOffBatch = 10;
/**
 * Longest time for which a run that a pause holds is left alone, in ms. Each gets a time of its own in the upper half, so that
 * a queue of thousands never is due at once. Who resumes makes one of them due in the same commit, and that one wakes the rest.
 */
const pausedMs = 2 * 60 * sweepMs;
/**
 * How long after its time a run that had to wait for it is not left alone that long, in ms: a pause that ends before its time
 * may find it behind others that go first, and clocks of instances differ.
 */
const timedMs = 15 * sweepMs;
/** How long a launch is left to the function that was woken for it, and to its repetitions, in ms. */
const workingMs = 2 * sweepMs;

/** What a sweep found. */
export interface Swept {
  overdue: number;
  /** Jobs and secrets that had no run to belong to any more. */
  orphans: number;
  /** Locks that nobody held any more, or that had lapsed. */
  locks: number;
  /** Runs and deliveries that are gone, because their time had come. */
  forgotten: number;
}

/**
 * Re-sends the wake-up of every run that is overdue (D1), and removes what has no owner (D6). A run whose wake-up was handed to
 * Cloud Tasks is put off, so that what cannot be helped does not hide what can.
 */
export async function sweep(ports: Ports, releases: Releases): Promise<Swept> {
  const overdue = await ports.documents.query<Run>({
    collection: 'runs',
    where: [['dueAt', '<=', new Date(ports.clock.now())]],
    orderBy: [['dueAt', 'asc']],
    limit: batch,
  });
  // Not before: an instance that could read nothing else yet knows the time from this answer.
  const now = ports.clock.now();
  tellStuck(ports, overdue, now);
  const [, orphans, locks, forgotten] = await allSettled([
    wake(ports, releases, overdue, now).then((seen) => tellAndPutOff(ports, seen)),
    removeOrphans(ports),
    sweepLocks(ports),
    removeOld(ports),
  ]);
  return { overdue: overdue.length, orphans, locks, forgotten };
}

/** A run that was seen to, and when it is to be looked at again. */
type Seen = [run: Document<Run>, next: Date];

/** Wakes what each run needs, once an agent. Answers with the runs whose wake-up was sent, and with those that a pause holds. */
async function wake(
  ports: Ports,
  releases: Releases,
  overdue: Document<Run>[],
  now: number,
): Promise<Seen[]> {
  const needsDispatch = overdue.filter(({ data }) => data.state === 'queued');
  const needsPoll = overdue.filter(({ data }) => data.state !== 'queued');
  const agents = [...new Set(needsDispatch.map(({ data }) => data.agent))];
  const project = lookAtProject(ports, releases, agents.length > 0);
  const dispatches = agents.map(async (agent): Promise<Seen[]> => {
    const own = needsDispatch.filter(({ data }) => data.agent === agent);
    const look = lookAtAgent(ports, agent, await project, own.length, now);
    const { isPaused, isWhole, queued, launchAt } = await look;
    if (isPaused) return own.map((run) => [run, heldUntil(ports, run.data, now)]);
    tellQueueAge(ports, agent, own, now);
    if (launchAt) {
      // One of them finds out should the wake-up for that time be lost; of the others, age alone says when.
      const after = nextSweep(launchAt.getTime());
      return own.map((run, index) => [
        run,
        index === 0 ? after : queueLook(ports, run.data, Number.POSITIVE_INFINITY, now),
      ]);
    }
    if (!(await wakeDispatch(ports, agent))) return [];
    return own.map((run) => [
      run,
      isWhole ? queueLook(ports, run.data, queued, now) : nextSweep(now),
    ]);
  });
  const polls = needsPoll.map(async (run): Promise<Seen[]> => {
    if (!(await wakePoll(ports, run.id))) return [];
    return [[run, nextLook(run, now)]];
  });
  const [, ...seen] = await Promise.all([project, ...dispatches, ...polls]);
  return seen.flat();
}

/** What a look at the project found. */
interface LookedProject {
  /** Its own state, where there is one and it could be read. */
  project?: Document<Current> | undefined;
  /** Whether all was seen, and all of its slots that were lost are free. */
  isWhole: boolean;
}

/**
 * Reads the state of the project, and frees what it has lost, where somebody waits or the release limits it: only then a list of
 * its slots is kept. It reads each of the runs that have one. Never throws.
 */
async function lookAtProject(
  ports: Ports,
  releases: Releases,
  isWaitedFor: boolean,
): Promise<LookedProject> {
  let project: Document<Current> | undefined;
  try {
    if (!isWaitedFor && !(await isLimited(releases))) return { isWhole: true };
    project = await readCurrent(ports);
    const freed = project ? await freeLostProjectSlots(ports, project) : 'none';
    if (freed === 'freed') await wakeSharers(ports, releases);
    // One of these wake-ups may be lost: whoever is overdue now is looked at again by the next sweep.
    return { project, isWhole: freed === 'none' };
  } catch (error) {
    noteUnread(ports, 'the project', error);
    return { project, isWhole: false };
  }
}

async function isLimited(releases: Releases): Promise<boolean> {
  // Whoever admits what is due says in the same tick what is wrong with the release.
  const current = await releases.current().catch(() => undefined);
  return current !== undefined && current.release.scale !== null;
}

/** What a look at an agent found. */
interface Looked {
  /** Whether a pause holds it. */
  isPaused: boolean;
  /** Whether all was seen, and all of its slots that were lost are free. */
  isWhole: boolean;
  /** Length of its queue; undefined: it is none to speak of. */
  queued?: number | undefined;
  /** When the pace of the project lets it launch its next run: nothing comes of a wake-up before that. */
  launchAt?: Date | undefined;
}

/**
 * Reads the state of an agent, and frees what it has lost. Never throws: what could not be looked at is woken.
 *
 * @param overdue How many of its queued runs are.
 */
async function lookAtAgent(
  ports: Ports,
  agent: string,
  { project, isWhole: isProjectWhole }: LookedProject,
  overdue: number,
  now: number,
): Promise<Looked> {
  try {
    const state = await readAgentState(ports, agent);
    const freed = await freeLostSlots(ports, state);
    const isPaused = state.data.paused !== null || (project?.data.paused ?? null) !== null;
    const isLong = !isPaused && overdue >= crowd;
    const queued = isLong ? await countQueued(ports, agent) : undefined;
    const isWhole = freed !== 'contended' && isProjectWhole;
    const launchAt = isWhole
      ? timeToCome(project?.data.pace ?? null, state.data.launchAt, now)
      : undefined;
    return { isPaused, isWhole, queued, launchAt };
  } catch (error) {
    noteUnread(ports, agent, error);
    return { isPaused: false, isWhole: false };
  }
}

function noteUnread({ log }: Ports, whose: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  log.warn('slots not looked at', { whose, error: message });
}

/** Nobody has published yet that a run was admitted which still waits: the write that puts it off tells its document. */
async function tellAndPutOff(ports: Ports, seen: readonly Seen[]): Promise<void> {
  const waiting = seen.filter(([{ data }]) => data.state === 'queued').map(([run]) => run);
  await allSettled(waiting.map((run) => tryToPublish(ports, run)));
  await putOff(ports, seen);
}

async function putOff(ports: Ports, seen: readonly Seen[]): Promise<void> {
  const batches: Promise<void>[] = [];
  for (let at = 0; at < seen.length; at += putOffBatch) {
    batches.push(putOffTogether(ports, seen.slice(at, at + putOffBatch)));
  }
  await allSettled(batches);
}

/**
 * In one commit, where nobody has changed any of them since. Else in two halves: what the wake-ups have set going already needs
 * no putting off, and does not keep the others due.
 */
async function putOffTogether(ports: Ports, seen: readonly Seen[]): Promise<void> {
  const writes = seen.map(([run, dueAt]) => ({
    op: 'update' as const,
    path: run.path,
    version: run.version,
    fields: { dueAt, published: confirmed(ports, run) },
  }));
  try {
    await ports.documents.commit(writes);
  } catch (error) {
    if (!isContention(error)) throw error;
    if (seen.length === 1) return;
    const half = Math.ceil(seen.length / 2);
    const halves = [seen.slice(0, half), seen.slice(half)];
    await allSettled(halves.map((some) => putOffTogether(ports, some)));
  }
}

/** Before the next sweep: what could not be looked at to the end may be what a run waits for. */
function nextSweep(now: number): Date {
  return new Date(now + sweepMs / 2);
}

function nextLook(run: Document<Run>, now: number): Date {
  const { state, times, cleanedAt } = run.data;
  if (state === 'launching') return new Date(now + workingMs);
  const noticeAt = isRestDone(run) ? noticeDueAt(run.data) : null;
  // It has a back-off of its own, and is given up in the end: the wake-up for an attempt may be all that was lost.
  if (noticeAt) return new Date(Math.max(noticeAt.getTime(), now + sweepMs));
  if (cleanedAt !== null) return untoldDueAt(now, Date.parse(cleanedAt));
  const since = Date.parse(times[state] ?? '') || now;
  if (state === 'ending') return endingDueAt(now, since);
  // Longer each time: what runs is polled, and what cannot be cleaned up is not helped by haste.
  return runningDueAt(now, since);
}

/** By when a run that a pause holds is to be looked at again. */
function heldUntil(ports: Ports, run: Run, now: number): Date {
  if (run.notBefore && run.notBefore.getTime() + timedMs > now) {
    return queueLook(ports, run, undefined, now);
  }
  return new Date(now + pausedMs * (0.5 + ports.random.fraction() / 2));
}
