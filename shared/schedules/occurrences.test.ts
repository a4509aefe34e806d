import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleProblem } from './cron.ts';
import { nextRuns } from './next-runs.ts';
import { occurrences } from './occurrences.ts';
import { dayMs, minuteMs } from './wall-clock.ts';

/** Runs of a schedule after `from`, as UTC. */
function runs(cron: string, timezone: string, from: string, count: number): string[] {
  const found = nextRuns({ cron, timezone }, Date.parse(from), count);
  return found.map((at) => at.toISOString().slice(5, 16));
}

describe('a local time that clocks skip', () => {
  it.each([
    // Berlin: 02:00 is 03:00 on 29 March 2026, at 01:00 UTC.
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', '03-29T01:30', '03-30T00:30'],
    ['0 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', '03-29T01:00', '03-30T00:00'],
    ['30 2,14 * * *', 'Europe/Berlin', '2026-03-28T20:00Z', '03-29T01:30', '03-29T12:30'],
    // New York: 02:00 is 03:00 on 8 March 2026, at 07:00 UTC.
    ['15 2 * * *', 'America/New_York', '2026-03-08T00:00Z', '03-08T07:15', '03-09T06:15'],
    // Los Angeles: 02:00 is 03:00 on 8 March 2026, at 10:00 UTC; the afternoon comes by the new time.
    ['30 2,14 * * *', 'America/Los_Angeles', '2026-03-08T00:00Z', '03-08T10:30', '03-08T21:30'],
    // Nuuk: 22:00 was 23:00 on 26 March 2022, at 01:00 UTC of the day after; by 2023 it had come before.
    ['30 22,23 26 3 *', 'America/Godthab', '2022-03-26T00:00Z', '03-27T01:30', '03-27T00:30'],
    // Lord Howe: 02:00 is 02:30 on 4 October 2026, at 15:30 UTC of the day before.
    ['10 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', '10-03T15:40', '10-04T15:10'],
    // Havana: midnight is 01:00 on 8 March 2026, at 05:00 UTC.
    ['0 0 * * *', 'America/Havana', '2026-03-07T12:00Z', '03-08T05:00', '03-09T04:00'],
    ['30 0 8 3 *', 'America/Havana', '2026-03-07T12:00Z', '03-08T05:30', '03-08T05:30'],
    // Cairo: midnight is 01:00 on 24 April 2026, at 22:00 UTC of the day before.
    ['@daily', 'Africa/Cairo', '2026-04-23T00:00Z', '04-23T22:00', '04-24T21:00'],
    // Apia left out 30 December 2011.
    ['0 12 30 12 *', 'Pacific/Apia', '2011-12-28T00:00Z', '12-30T22:00', '12-29T22:00'],
  ])('runs as much later: %s in %s', (cron, zone, from, ...expected) => {
    expect(runs(cron, zone, from, 2)).toEqual(expected);
  });

  it('runs once where the later time is one of the schedule as well', () => {
    const half = ['03-29T00:30', '03-29T01:00', '03-29T01:30', '03-29T02:00'];
    expect(runs('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:00Z', 4)).toEqual(half);
    const howe = ['10-03T15:45', '10-04T15:15', '10-04T15:45'];
    expect(runs('15,45 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', 3)).toEqual(howe);
    // Pyongyang: 23:30 is midnight on 4 May 2018, at 15:00 UTC.
    const midnight = ['05-04T14:30', '05-04T15:00', '05-04T15:15', '05-04T15:45'];
    expect(runs('0,45 23,0 * * *', 'Asia/Pyongyang', '2018-05-04T12:00Z', 4)).toEqual(midnight);
    const apia = ['12-29T22:00', '12-30T22:00', '12-31T22:00'];
    expect(runs('0 12 * * *', 'Pacific/Apia', '2011-12-29T00:00Z', 3)).toEqual(apia);
  });
});

describe('a local time that clocks skip, as the day ends', () => {
  it('runs on the next day, also when the look begins there', () => {
    const pyongyang = runs('45 23 4 5 *', 'Asia/Pyongyang', '2018-05-04T15:05Z', 1);
    expect(pyongyang).toEqual(['05-04T15:15']);
    expect(runs('0 12 30 12 *', 'Pacific/Apia', '2011-12-30T12:00Z', 1)).toEqual(['12-30T22:00']);
  });
});

describe('a local time that clocks show twice', () => {
  it.each([
    // Berlin: 03:00 is 02:00 on 25 October 2026, at 01:00 UTC.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', '10-25T00:30', '10-26T01:30'],
    ['0 * * * *', 'Europe/Berlin', '2026-10-24T23:00Z', '10-25T00:00', '10-25T02:00'],
    // New York: 02:00 is 01:00 on 1 November 2026, at 06:00 UTC.
    ['30 1 * * *', 'America/New_York', '2026-11-01T00:00Z', '11-01T05:30', '11-02T06:30'],
    // Lord Howe: 02:00 is 01:30 on 5 April 2026, at 15:00 UTC of the day before.
    ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', '04-04T14:45', '04-05T15:15'],
    // Havana: 01:00 is midnight on 1 November 2026, at 05:00 UTC.
    ['0 0 * * *', 'America/Havana', '2026-10-31T12:00Z', '11-01T04:00', '11-02T05:00'],
    // Asunción, until 2024: midnight is 23:00 of the day before, at 03:00 UTC of 24 March 2024.
    ['30 23 * * *', 'America/Asuncion', '2024-03-23T12:00Z', '03-24T02:30', '03-25T03:30'],
  ])('runs the first time: %s in %s', (cron, zone, from, ...expected) => {
    expect(runs(cron, zone, from, 2)).toEqual(expected);
  });

  it('does not run again when the look begins between the two', () => {
    const from = '2026-10-25T00:45Z';
    expect(runs('30 2 * * *', 'Europe/Berlin', from, 1)).toEqual(['10-26T01:30']);
  });
});

/** A field of a pattern, and the values that it stands for. */
interface Field {
  text: string;
  values: number[];
}

/** Fields with values from `low` to `high`. */
function field(low: number, high: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min: low, max: high });
  const all = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const range = (from: number, to: number): number[] => all.filter((v) => v >= from && v <= to);
  return fc.oneof(
    fc.constant({ text: '*', values: all }),
    fc.integer({ min: 1, max: high }).map((step) => ({
      text: `*/${step}`,
      values: all.filter((v) => (v - low) % step === 0),
    })),
    fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => ({
      text: values.join(','),
      values,
    })),
    fc.tuple(value, value, fc.integer({ min: 1, max: 7 })).map(([a, b, step]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return {
        text: `${from}-${to}/${step}`,
        values: range(from, to).filter((v) => (v - from) % step === 0),
      };
    }),
  );
}

const any: Field = { text: '*', values: [] };

const pattern = fc
  .record({
    minute: field(0, 59),
    hour: field(0, 23),
    day: fc.oneof(fc.constant(any), field(1, 31)),
    month: field(1, 12),
    weekday: fc.oneof(fc.constant(any), field(0, 6)),
    isBoth: fc.boolean(),
  })
  .map(({ minute, hour, day, month, weekday, isBoth }) => {
    const needsBoth = isBoth && weekday.text !== '*';
    const fields = [minute, hour, day, month, weekday].map(({ text }) => text);
    if (needsBoth) fields[4] = `+${weekday.text}`;
    const isOn = ({ text, values }: Field, value: number): boolean =>
      text === '*' || values.includes(value);
    return {
      cron: fields.join(' '),
      /** Whether a clock that shows what UTC shows at `wall` shows a time of the pattern. */
      matches: (wall: number): boolean => {
        const at = new Date(wall);
        if (!minute.values.includes(at.getUTCMinutes())) return false;
        if (!hour.values.includes(at.getUTCHours())) return false;
        if (!month.values.includes(at.getUTCMonth() + 1)) return false;
        const [isDay, isWeekday] = [isOn(day, at.getUTCDate()), isOn(weekday, at.getUTCDay())];
        const isEither = !needsBoth && day.text !== '*' && weekday.text !== '*';
        return isEither ? isDay || isWeekday : isDay && isWeekday;
      },
    };
  });

/** What clocks of `zone` show in each minute from `from`, read from the words that Intl writes. */
function walk(zone: string, from: number, minutes: number): number[] {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return Array.from({ length: minutes }, (_, index) =>
    Date.parse(`${format.format(from + index * minuteMs).replace(' ', 'T')}Z`),
  );
}

/** The rule, minute by minute: what clocks show for the first time counts, and what they skip counts as much later. */
function walkedRuns(walls: number[], from: number, matches: (wall: number) => boolean): number[] {
  const found = new Set<number>();
  let highest = (walls[0] ?? 0) - minuteMs;
  for (const [index, wall] of walls.entries()) {
    for (let skipped = highest + minuteMs; skipped < wall; skipped += minuteMs) {
      const later = from + index * minuteMs + (skipped - highest - minuteMs);
      if (matches(skipped)) found.add(later);
    }
    if (wall > highest && matches(wall)) found.add(from + index * minuteMs);
    highest = Math.max(highest, wall);
  }
  return [...found].sort((a, b) => a - b);
}

const places = [
  ['UTC', '2026-02-28T00:00Z'],
  ['Europe/Berlin', '2026-03-28T00:00Z'],
  ['Europe/Berlin', '2026-10-24T00:00Z'],
  ['America/New_York', '2026-03-07T00:00Z'],
  ['America/New_York', '2026-10-31T00:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T12:00Z'],
  ['Australia/Lord_Howe', '2026-04-03T12:00Z'],
  ['America/Havana', '2026-03-07T00:00Z'],
  ['America/Havana', '2026-10-31T00:00Z'],
  ['Africa/Cairo', '2026-04-22T12:00Z'],
  ['America/Asuncion', '2024-03-23T00:00Z'],
  ['Asia/Kathmandu', '2026-12-30T00:00Z'],
  ['Pacific/Apia', '2011-12-29T00:00Z'],
  ['America/St_Johns', '2010-11-06T12:00Z'],
  ['America/St_Johns', '2011-03-12T12:00Z'],
  ['Asia/Pyongyang', '2018-05-03T12:00Z'],
  ['Pacific/Kiritimati', '2026-06-29T00:00Z'],
] as const;

describe.each(places)('in %s around %s', (zone, around) => {
  const days = 3;
  // From two days before, so that what clocks showed already is known.
  const from = Date.parse(around) - 2 * dayMs;
  const walls = walk(zone, from, (days + 4) * 1_440);

  it('any pattern runs in the minutes that a walk through all of them finds', () => {
    fc.assert(
      fc.property(pattern, fc.integer({ min: 0, max: 1_440 }), ({ cron, matches }, minute) => {
        const after = Date.parse(around) + minute * minuteMs;
        const until = after + (days - 1) * dayMs;
        const expected = walkedRuns(walls, from, matches).filter((at) => at > after && at <= until);
        const found: number[] = [];
        if (scheduleProblem(cron) === undefined) {
          for (const at of occurrences({ cron, timezone: zone }, after)) {
            if (at > until) break;
            found.push(at);
          }
        }
        expect(found, cron).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

describe('next runs', () => {
  it('are as many as were asked for, each later than the one before', () => {
    const found = nextRuns({ cron: '*/7 * * * *', timezone: 'Europe/Berlin' }, 0, 500);
    expect(found).toHaveLength(500);
    expect(found.every((at, index) => index === 0 || at > (found[index - 1] ?? at))).toBe(true);
    expect(nextRuns({ cron: '* * * * *', timezone: 'UTC' }, 0, 0)).toEqual([]);
  });

  it('begin after the time they are asked from, which may lie within a minute', () => {
    const at = '2026-03-01T12:00:00.000Z';
    expect(runs('* * * * *', 'UTC', at, 1)).toEqual(['03-01T12:01']);
    expect(runs('* * * * *', 'UTC', '2026-03-01T11:59:59.999Z', 1)).toEqual(['03-01T12:00']);
    expect(runs('* * * * *', 'UTC', '2026-03-01T12:00:00.001Z', 1)).toEqual(['03-01T12:01']);
  });

  it('are found for whatever text is accepted as a pattern', () => {
    const piece = fc.constantFrom(...'0123456789*/,-?#LW+ MONJAN@'.split(''), '* ', '0 ', 'FRI');
    const text = fc.array(piece, { minLength: 5, maxLength: 24 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (cron) => {
        if (scheduleProblem(cron) !== undefined) return;
        expect(nextRuns({ cron, timezone: 'Europe/Berlin' }, 0, 2).length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
