import type { ScheduleState } from '../agents/state.ts';
import { occurrences } from './occurrences.ts';
import type { Schedule } from './schedule.ts';
import { dayMs, minuteMs } from './wall-clock.ts';

/**
 * How late a tick may come, in ms, and a schedule that catches nothing up still runs. A deployment, a cold start and Cloud
 * Scheduler's repetitions fit into it; later than that, the time that the schedule names is over.
 */
const graceMs = 5 * minuteMs;
/** Most minutes that are caught up; of more, the newest. */
const mostCaughtUp = 100;
/** How far back minutes are caught up, in ms: as long as runs are surely remembered (D3), none comes twice. */
const catchUpMs = 7 * dayMs;
/** How far back minutes are counted that nothing runs for, in ms. */
const countMs = 366 * dayMs;

/** What has become of a schedule since it was last looked at. */
export interface Look {
  /** Minutes that a run is due for, oldest first, in ms since the epoch. */
  due: number[];
  /** How many minutes before these were due that nothing runs for. */
  missed: number;
  /** What to remember, once the first of `due` is admitted; undefined when there is nothing new to remember. */
  state: ScheduleState | undefined;
}

/** A schedule as text, as far as another one begins anew. */
export function textOf({ cron, timezone, catchup }: Schedule): string {
  return `${cron} (${timezone}, catch up ${catchup})`;
}

/**
 * Which minutes of a schedule are due at `now`, going by what is remembered of it. Nothing is due at the first look, but for
 * what came since the release was published, if that was just now, and for the minute that it is.
 */
export function lookAt(
  schedule: Schedule,
  known: ScheduleState | null,
  { now, publishedAt }: { now: number; publishedAt: number },
): Look {
  const pattern = textOf(schedule);
  const until = known?.pattern === pattern ? Date.parse(known.until) : Number.NaN;
  const isFirst = Number.isNaN(until);
  const from = isFirst ? firstLook(now, publishedAt) : Math.max(until, now - countMs);
  const passed = [...passedMinutes(schedule, from, now)];
  const due = worthRunning(schedule.catchup, passed, now);
  const missed = passed.length - due.length;
  const reached = due[0] ?? passed.at(-1);
  if (reached === undefined && !isFirst) return { due, missed, state: undefined };
  const state = {
    pattern,
    until: new Date(reached ?? from).toISOString(),
    missed: (known?.missed ?? 0) + missed,
  };
  return { due, missed, state };
}

/** When the next minute of a schedule is due that was looked at last at `now`; infinite when there is none. */
export function nextDue(schedule: Schedule, now: number): number {
  return occurrences(schedule, now).next().value ?? Number.POSITIVE_INFINITY;
}

/** From when a schedule runs that nobody looked at before. */
function firstLook(now: number, publishedAt: number): number {
  const isFresh = publishedAt <= now && now - publishedAt <= graceMs;
  return isFresh ? publishedAt : Math.floor(now / minuteMs) * minuteMs - 1;
}

function* passedMinutes(schedule: Schedule, from: number, now: number): Generator<number, void> {
  for (const minute of occurrences(schedule, from)) {
    if (minute > now) return;
    yield minute;
  }
}

function worthRunning(catchup: Schedule['catchup'], passed: number[], now: number): number[] {
  const newest = passed.slice(catchup === 'all' ? -mostCaughtUp : -1);
  const oldest = now - (catchup === 'none' ? graceMs : catchUpMs);
  return newest.filter((minute) => minute >= oldest);
}
