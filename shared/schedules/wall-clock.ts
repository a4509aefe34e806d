/** Milliseconds of a minute, an hour and a day. */
export const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** One formatter a zone: making one costs more than all it is asked afterwards. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

/**
 * What the clocks of `zone` show at `instant`, as the ms at which clocks of UTC show the same. Throws `RangeError` when there
 * is no such zone.
 */
export function wallClock(zone: string, instant: number): number {
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = (
    formatOf(zone).format(instant).match(/\d+/g) ?? []
  ).map(Number);
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second);
  return seconds + (instant - Math.floor(instant / 1_000) * 1_000);
}

/** How far the clocks of `zone` are ahead of UTC at `instant`, in ms. */
function offset(zone: string, instant: number): number {
  return wallClock(zone, instant) - instant;
}

/** A day of the calendar in a zone: what its clocks show, and when. */
export interface ZonedDay {
  /**
   * When clocks show `minute` (of the day, from 0): for the first time, if they show it twice. One that they skip comes as
   * long after the clocks were put forward as it would have without: 02:30 of a skipped hour is 03:30.
   */
  instantOf(minute: number): number;
  /** No minute of this day comes before this one, nor one of a later day. */
  floor: number;
}

/** The day that is `day` days after 1970-01-01 on the calendar of `zone`. Clocks are taken to change once in two days at most. */
export function zonedDay(zone: string, day: number): ZonedDay {
  const midnight = day * dayMs;
  // No zone is further from UTC than 14 hours: these instants are before and after all of the day.
  const before = offset(zone, midnight - 15 * hourMs);
  const after = offset(zone, midnight + dayMs + 15 * hourMs);
  const floor = midnight - Math.max(before, after);
  if (before === after) return { floor, instantOf: (minute) => floor + minute * minuteMs };
  return {
    floor,
    instantOf: (minute) => {
      const wall = midnight + minute * minuteMs;
      const [early, late] = [wall - before, wall - after];
      const comesEarly = wallClock(zone, early) === wall;
      const comesLate = wallClock(zone, late) === wall;
      return comesLate && !comesEarly ? late : early;
    },
  };
}
