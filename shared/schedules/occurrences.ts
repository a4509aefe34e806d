import { CronPattern } from 'croner';
import { readCron } from './cron.ts';
import type { Schedule } from './schedule.ts';
import { dayMs, wallClock, zonedDay } from './wall-clock.ts';

/**
 * The minutes at which a schedule is due after `after`, oldest first, in ms since the epoch; without its jitter. They end
 * only for a pattern whose dates do. A day of them costs a look at the calendar and one at the time zone.
 */
export function* occurrences(
  { cron, timezone }: Pick<Schedule, 'cron' | 'timezone'>,
  after: number,
): Generator<number, void> {
  const calendar = readCron(cron);
  const minutes = minutesOf(cron);
  // From the day before: clocks that skip midnight put minutes of one day into the next.
  let next = Math.floor(wallClock(timezone, after) / dayMs) - 1;
  let last = after;
  let open: number[] = [];
  for (;;) {
    const first = calendar.nextRun(new Date(next * dayMs - 1));
    const day = first ? Math.floor(first.getTime() / dayMs) : undefined;
    const zoned = day === undefined ? undefined : zonedDay(timezone, day);
    const settled = zoned?.floor ?? Number.POSITIVE_INFINITY;
    for (const instant of open) {
      if (instant >= settled) break;
      if (instant > last) yield instant;
      last = Math.max(last, instant);
    }
    if (day === undefined || !zoned) return;
    const rest = open.filter((instant) => instant >= settled);
    open = [...rest, ...minutes.map(zoned.instantOf)].sort((a, b) => a - b);
    next = day + 1;
  }
}

/** The minutes of a day at which a pattern is due, if it is on that day. */
function minutesOf(cron: string): number[] {
  const { hour, minute } = new CronPattern(cron, undefined, { mode: '5-part' });
  return hour.flatMap((isHour, h) =>
    isHour ? minute.flatMap((isMinute, m) => (isMinute ? [h * 60 + m] : [])) : [],
  );
}
