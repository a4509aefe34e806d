import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleState } from '../agents/state.ts';
import { lookAt, nextDue } from './due.ts';
import { nextRuns } from './next-runs.ts';
import type { Schedule } from './schedule.ts';
import { dayMs, minuteMs } from './wall-clock.ts';

function scheduleOf(fields: Partial<Schedule>): Schedule {
  return { cron: '* * * * *', timezone: 'UTC', catchup: 'none', jitter: 0, ...fields };
}

const noon = Date.parse('2026-03-01T12:00:00Z');
/** A release of long ago. */
const publishedAt = noon - 100 * dayMs;

/** What is remembered of a schedule whose last minute was `until`. */
function stateOf(schedule: Schedule, until: number): ScheduleState {
  const { state } = lookAt(schedule, null, { now: until, publishedAt: until });
  if (!state) throw new Error('a first look is remembered');
  return state;
}

const minutes = (due: number[]): number[] => due.map((at) => (at - noon) / minuteMs);

describe('the first look', () => {
  it('runs nothing of the past, and is remembered', () => {
    for (const catchup of ['none', 'last', 'all'] as const) {
      const look = lookAt(scheduleOf({ catchup }), null, { now: noon + 30_000, publishedAt });
      expect(minutes(look.due)).toEqual([0]);
      expect(look).toMatchObject({ missed: 0, state: { missed: 0 } });
    }
    const hourly = lookAt(scheduleOf({ cron: '30 * * * *' }), null, { now: noon, publishedAt });
    expect(hourly).toMatchObject({ due: [], missed: 0, state: { missed: 0 } });
  });

  it('runs what has been due since a publication of just now, and not what was due before it', () => {
    const schedule = scheduleOf({ cron: '0 12 * * *' });
    const before = { now: noon + 70_000, publishedAt: noon - 10_000 };
    expect(minutes(lookAt(schedule, null, before).due)).toEqual([0]);
    const after = { now: noon + 70_000, publishedAt: noon + 10_000 };
    expect(lookAt(schedule, null, after).due).toEqual([]);
  });

  it('runs nothing of the millisecond in which it was published', () => {
    expect(lookAt(scheduleOf({}), null, { now: noon, publishedAt: noon }).due).toEqual([]);
  });

  it('runs what came since a publication for five minutes after it, and then only what comes', () => {
    const schedule = scheduleOf({ catchup: 'all' });
    const since = (ms: number): number[] =>
      minutes(lookAt(schedule, null, { now: noon, publishedAt: noon - ms }).due);
    expect(since(5 * minuteMs)).toEqual([-4, -3, -2, -1, 0]);
    expect(since(5 * minuteMs + 1)).toEqual([0]);
  });

  it('does not trust a publication that has yet to come', () => {
    const look = lookAt(scheduleOf({}), null, { now: noon, publishedAt: noon + dayMs });
    expect(minutes(look.due)).toEqual([0]);
  });

  it('is taken again at another pattern, zone or rule, but not at another jitter', () => {
    const schedule = scheduleOf({ catchup: 'all' });
    const known = stateOf(schedule, noon - 10 * minuteMs);
    const at = { now: noon, publishedAt };
    const others = [{ cron: '*/1 * * * *' }, { timezone: 'Europe/Berlin' }, { catchup: 'last' }];
    for (const other of others as Partial<Schedule>[]) {
      expect(minutes(lookAt({ ...schedule, ...other }, known, at).due)).toEqual([0]);
    }
    expect(lookAt({ ...schedule, jitter: 30 }, known, at).due).toHaveLength(10);
  });

  it('is taken again when what is remembered is no time, and keeps the count', () => {
    const schedule = scheduleOf({ catchup: 'all' });
    const known = { ...stateOf(schedule, noon), until: 'yesterday', missed: 7 };
    const look = lookAt(schedule, known, { now: noon, publishedAt });
    expect(minutes(look.due)).toEqual([0]);
    expect(look.state?.missed).toBe(7);
  });
});

describe('a look at which nothing is due', () => {
  it('is not remembered', () => {
    const schedule = scheduleOf({ cron: '0 12 * * *' });
    const known = stateOf(schedule, noon);
    for (const now of [noon, noon + minuteMs, noon + dayMs - 1]) {
      expect(lookAt(schedule, known, { now, publishedAt })).toEqual({
        due: [],
        missed: 0,
        state: undefined,
      });
    }
  });

  it('is one with an older clock: what was looked at stays so', () => {
    const schedule = scheduleOf({ catchup: 'all' });
    const known = stateOf(schedule, noon);
    const look = lookAt(schedule, known, { now: noon - 90_000, publishedAt });
    expect(look.state).toBeUndefined();
  });

  it('knows when to look again', () => {
    expect(nextDue(scheduleOf({ cron: '0 13 * * *' }), noon)).toBe(noon + 60 * minuteMs);
    expect(nextDue(scheduleOf({}), noon)).toBe(noon + minuteMs);
  });
});

describe('catchup = "none"', () => {
  const schedule = scheduleOf({ cron: '*/2 * * * *' });

  it('runs a minute that a tick is five minutes late for, and none that is older', () => {
    const daily = scheduleOf({ cron: '0 12 * * *' });
    const known = stateOf(daily, noon - dayMs);
    const late = lookAt(daily, known, { now: noon + 5 * minuteMs, publishedAt });
    expect(late).toMatchObject({ due: [noon], missed: 0 });
    const later = lookAt(daily, known, { now: noon + 5 * minuteMs + 1, publishedAt });
    expect(later).toMatchObject({ due: [], missed: 1 });
    expect(later.state).toMatchObject({ until: '2026-03-01T12:00:00.000Z', missed: 1 });
  });

  it('runs the newest of several, and counts the others', () => {
    const known = stateOf(schedule, noon);
    const look = lookAt(schedule, known, { now: noon + 9 * minuteMs, publishedAt });
    expect(minutes(look.due)).toEqual([8]);
    expect(look).toMatchObject({ missed: 3, state: { missed: 3 } });
  });
});

describe('catchup = "last"', () => {
  it('runs the newest minute that nothing ran for, up to seven days old', () => {
    const schedule = scheduleOf({ cron: '0 12 * * *', catchup: 'last' });
    const known = stateOf(schedule, noon - 3 * dayMs);
    const look = lookAt(schedule, known, { now: noon + 11 * 60 * minuteMs, publishedAt });
    expect(look).toMatchObject({ due: [noon], missed: 2 });

    const monthly = scheduleOf({ cron: '0 12 1 * *', catchup: 'last' });
    const state = stateOf(monthly, noon - dayMs);
    expect(lookAt(monthly, state, { now: noon + 7 * dayMs, publishedAt }).due).toEqual([noon]);
    const late = lookAt(monthly, state, { now: noon + 7 * dayMs + 1, publishedAt });
    expect(late).toMatchObject({ due: [], missed: 1 });
  });
});

describe('catchup = "all"', () => {
  it('runs each minute, oldest first, and remembers the first of them', () => {
    const schedule = scheduleOf({ catchup: 'all' });
    const look = lookAt(schedule, stateOf(schedule, noon), { now: noon + 185_000, publishedAt });
    expect(minutes(look.due)).toEqual([1, 2, 3]);
    expect(look.state?.until).toBe('2026-03-01T12:01:00.000Z');
    expect(look.missed).toBe(0);
  });

  it('runs the newest hundred of the last seven days, and counts what is older', () => {
    const schedule = scheduleOf({ catchup: 'all' });
    const month = lookAt(schedule, stateOf(schedule, noon - 30 * dayMs), {
      now: noon,
      publishedAt,
    });
    expect(minutes(month.due)).toEqual(Array.from({ length: 100 }, (_, index) => index - 99));
    expect(month.missed).toBe(30 * 1_440 - 100);
    const daily = scheduleOf({ cron: '0 12 * * *', catchup: 'all' });
    const days = lookAt(daily, stateOf(daily, noon - 30 * dayMs), { now: noon, publishedAt });
    expect(days).toMatchObject({ missed: 22 });
    expect(days.due).toHaveLength(8);
  });

  it('counts a year back, whatever is remembered', () => {
    const schedule = scheduleOf({ cron: '0 12 * * *', catchup: 'all' });
    const look = lookAt(schedule, stateOf(schedule, 0), { now: noon, publishedAt });
    expect(look.missed + look.due.length).toBe(366);
  });
});

describe('ticks that come late, twice and out of order', () => {
  const tick = fc.record({
    /** Seconds after the tick before. */
    after: fc.integer({ min: 0, max: 1_200 }),
    /** Seconds that its clock is behind. */
    behind: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
    isDouble: fc.boolean(),
  });
  const cron = fc.constantFrom('* * * * *', '*/7 * * * *', '0 * * * *', '5-50/9 12,13 * * *');
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe');
  const catchup = fc.constantFrom('none', 'last', 'all');

  it('run every minute at most once, in order, and each is run or counted', () => {
    fc.assert(
      fc.property(
        cron,
        zone,
        catchup,
        fc.array(tick, { maxLength: 40 }),
        (cron, timezone, catchup, ticks) => {
          const schedule = scheduleOf({ cron, timezone, catchup });
          // A night in which Berlin's clocks are put back.
          const start = Date.parse('2026-10-25T00:10:30Z');
          let known = stateOf(schedule, start);
          let now = start;
          let latest = start;
          const ran: number[] = [];
          let missed = 0;
          for (const { after, behind, isDouble } of ticks) {
            now += after * 1_000;
            const clock = now - behind * 1_000;
            for (let more = true, doubles = isDouble ? 1 : 0; more || doubles-- > 0; ) {
              const look = lookAt(schedule, known, { now: clock, publishedAt: start });
              ran.push(...look.due.slice(0, 1));
              missed += look.missed;
              known = look.state ?? known;
              more = look.due.length > 1;
            }
            latest = Math.max(latest, clock);
          }
          const all = nextRuns(schedule, start, 1_000)
            .map((at) => at.getTime())
            .filter((at) => at <= latest);
          expect(ran).toEqual([...new Set(ran)].sort((a, b) => a - b));
          expect(ran.every((at) => all.includes(at))).toBe(true);
          expect(ran.length + missed).toBe(all.length);
          expect(known.missed).toBe(missed);
          if (catchup === 'all') expect(ran).toEqual(all);
          if (catchup === 'last' && all.length > 0) expect(ran.at(-1)).toBe(all.at(-1));
        },
      ),
    );
  });
});
