import { logLines } from '../log-lines.ts';
import { unlessContended } from '../optimistic.ts';
import { CloudError, type Ports } from '../ports/index.ts';
import { currentPath } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { readCurrent } from './state.ts';

/**
 * How fast the project launches since Google refused a launch for a quota. It stands in `project/current`, which each dispatch
 * reads anyway: a project within its quotas pays nothing for it.
 *
 * Nobody tells us the quota, so the gap between two launches is learned: a refusal widens it, launches without one narrow it.
 * Those that were sent back spread over as many gaps as there are of them. After these, each agent gets a time at which it may
 * launch one run, a gap after that of another, and asks for the next when it has used it. So they all get on, each in its order.
 */
export type Pace = {
  /** Ms from one launch of the project to the next, as it was at the refusal. */
  gapMs: number;
  /** The last refusal. */
  refusedAt: Date;
  /** The last refusal that the gap was set for. */
  setAt: Date;
  /** Launches since then at the times that agents got, and how many of them were refused. */
  launched: number;
  refused: number;
  /** The first time to launch that no agent has yet. */
  nextLaunch: Date;
};

/** The first gap in ms: that of 120 launches a minute. */
const firstGapMs = 500;
const widestGapMs = 60_000;
/** Below this, in ms, there is no pace any more. */
const narrowestGapMs = 50;
/** Least time in ms from one setting of the gap to the next: a quota of a minute refuses until that minute has passed. */
const settingMs = 30_000;
/** Launches that got through after which the gap is what it was on average between them, and some. */
const fewLaunches = 10;
const margin = 1.05;
/** How much wider a refusal makes the gap where there were fewer, and at most. */
const widening = 1.3;
const mostWidening = 2;
/** Time in ms after a refusal in which nobody launches: what was counted against the quota has to lapse first. */
const pauseMs = 10_000;
/**
 * Time in ms in which the gap narrows by two thirds, and how many times as long as the times that were given reach ahead: what a
 * narrower gap comes to is seen only when these have passed.
 */
const narrowingMs = 60_000;
const narrowingAhead = 1.5;
/** Time in ms after the last launch that anybody asked a time for after which nobody waits, and the pace is over. */
const idleMs = 2 * 60_000;
/** Longest time in ms by which a refusal puts off the next launch: then somebody looks whether it goes faster now. */
const longestWaitMs = 10 * 60_000;
/** How late an agent may come to its time, in ms: who comes later asks for another. */
const lateMs = 2 * 60_000;
/** Launching runs are counted no further than this. */
const mostCounted = 1_000;

/** The gap as it is at `now`, in ms; 0: no quota is in the way. `now` in ms since the epoch. */
export function gapOf(pace: Pace | null, now: number): number {
  if (!pace || pace.gapMs < narrowestGapMs) return 0;
  return now > pace.nextLaunch.getTime() + idleMs ? 0 : pace.gapMs;
}

/** A launch that a quota refused. */
export interface Refusal {
  /** Whether it was the first of its run: those that were sent back before keep no times. */
  isFirst: boolean;
  /** Runs that have a slot and no container. */
  launching: number;
}

/** The pace after a refusal. Who was sent back goes before whoever has no time yet. */
export function slower(pace: Pace | null, { isFirst, launching }: Refusal, now: number): Pace {
  const gap = gapOf(pace, now);
  const refusedAt = new Date(now);
  const isOld = pace !== null && gap > 0 && now - pace.setAt.getTime() > settingMs;
  const counted =
    pace === null || gap === 0 || isOld
      ? { gapMs: isOld ? wider(pace, now) : firstGapMs, setAt: refusedAt, launched: 0, refused: 0 }
      : { ...pace, refused: pace.refused + (isFirst ? 1 : 0) };
  const wait = Math.min(longestWaitMs, pauseMs + launching * counted.gapMs);
  const nextLaunch = new Date(Math.max(now + wait, pace?.nextLaunch.getTime() ?? 0));
  return { ...counted, refusedAt, nextLaunch };
}

/** What the quota let through since the gap was set says best how wide it has to be. */
function wider({ gapMs, setAt, launched, refused }: Pace, now: number): number {
  const through = launched - refused;
  if (through < fewLaunches) return Math.min(widestGapMs, gapMs * widening);
  const average = (margin * (now - setAt.getTime())) / through;
  return Math.min(widestGapMs, mostWidening * gapMs, Math.max(gapMs, average));
}

/** What the pace of the project lets an agent do. */
export interface Allowed {
  /** Runs that it may give a slot now. */
  most: number;
  /** Whether it has no time to come: to launch more, it needs one. */
  needsTime: boolean;
}

/** `launchAt` is the time that the agent has; null: none. `now` in ms since the epoch. */
export function allowedAt(pace: Pace | null, launchAt: Date | null, now: number): Allowed {
  if (gapOf(pace, now) === 0) return { most: Number.POSITIVE_INFINITY, needsTime: false };
  const at = launchAt?.getTime() ?? 0;
  const isRefused = pace !== null && now - pace.refusedAt.getTime() < pauseMs;
  const isNow = at <= now && now < at + lateMs && !isRefused;
  return { most: isNow ? 1 : 0, needsTime: at <= now };
}

/** The time that an agent waits for; undefined: the pace keeps it from nothing, or its time is here. `now` in ms since the epoch. */
export function timeToCome(
  pace: Pace | null,
  launchAt: Date | null,
  now: number,
): Date | undefined {
  const waits = gapOf(pace, now) > 0 && launchAt !== null && launchAt.getTime() > now;
  return waits ? launchAt : undefined;
}

/** An agent's time to launch its next run, and the pace once it has that time. */
export interface Given {
  launchAt: Date | null;
  pace: Pace;
}

/** What changes where an agent has used its time, or wants another; undefined: nothing. `now` in ms since the epoch. */
export function giveTime(
  pace: Pace | null,
  { isUsed, isWanted }: { isUsed: boolean; isWanted: boolean },
  now: number,
): Given | undefined {
  if (!pace || !(isUsed || isWanted)) return undefined;
  const launched = pace.launched + (isUsed ? 1 : 0);
  if (!isWanted) return { launchAt: null, pace: { ...pace, launched } };
  const at = Math.max(now, pace.nextLaunch.getTime());
  const gap = gapOf(pace, now);
  const slowness = narrowingMs + narrowingAhead * (at - now);
  const isRefused = now - pace.refusedAt.getTime() < pauseMs;
  const gapMs = isRefused ? gap : gap * Math.exp(-gap / slowness);
  const nextLaunch = new Date(at + Math.ceil(gapMs));
  return { launchAt: new Date(at), pace: { ...pace, gapMs, nextLaunch, launched } };
}

/**
 * A launch was refused for a quota: slows the project down, unless somebody else just did. Answers with the pause in ms that
 * gives all launches which were sent back a time of their own; undefined where Firestore cannot be asked.
 *
 * No launch rests on the pace (D2): one that was planned just before it changed comes a little early, and is refused.
 */
export async function slowDown(ports: Ports, isFirst: boolean): Promise<number | undefined> {
  try {
    return await widen(ports, isFirst);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    ports.log.warn('not slowed down', { error: error.message });
    return undefined;
  }
}

async function widen(ports: Ports, isFirst: boolean): Promise<number> {
  const [current, launching] = await Promise.all([readCurrent(ports), countLaunching(ports)]);
  const now = ports.clock.now();
  const pace = slower(current?.data.pace ?? null, { isFirst, launching }, now);
  ports.log.warn(logLines.slowedDown, { gapMs: Math.round(pace.gapMs), launching });
  if (current) {
    const { version } = current;
    // Whoever was faster has slowed it down as much.
    await unlessContended(() =>
      ports.documents.commit([{ op: 'update', path: currentPath, version, fields: { pace } }]),
    );
  }
  return ports.random.fraction() * launching * pace.gapMs;
}

function countLaunching({ documents }: Pick<Ports, 'documents'>): Promise<number> {
  return documents.count({
    collection: 'runs',
    where: [['state', '==', 'launching' satisfies Run['state']]],
    limit: mostCounted,
  });
}
