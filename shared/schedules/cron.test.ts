import { isMainThread } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { readCron, scheduleProblem, timezoneProblem } from './cron.ts';
import { nextRuns } from './next-runs.ts';

/** The first runs after the beginning of March 2026, a Sunday, in UTC. */
function firstRuns(cron: string): string[] {
  const from = Date.parse('2026-03-01T00:00:00Z');
  return nextRuns({ cron, timezone: 'UTC' }, from, 3).map((at) => at.toISOString().slice(0, 16));
}

describe('the dialect', () => {
  it.each([
    ['*/20 * * * *', '2026-03-01T00:20', '2026-03-01T00:40', '2026-03-01T01:00'],
    ['10-30/10 6 * * *', '2026-03-01T06:10', '2026-03-01T06:20', '2026-03-01T06:30'],
    ['*/30,7 0 * * *', '2026-03-01T00:07', '2026-03-01T00:30', '2026-03-02T00:00'],
    ['5,10 9-10 * * *', '2026-03-01T09:05', '2026-03-01T09:10', '2026-03-01T10:05'],
    ['  0\t9 * *  * ', '2026-03-01T09:00', '2026-03-02T09:00', '2026-03-03T09:00'],
  ])('reads steps, ranges and lists: %s', (cron, ...expected) => {
    expect(scheduleProblem(cron)).toBeUndefined();
    expect(firstRuns(cron)).toEqual(expected);
  });

  it.each([
    ['@yearly', '2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00'],
    ['@annually', '2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00'],
    ['@monthly', '2026-04-01T00:00', '2026-05-01T00:00', '2026-06-01T00:00'],
    ['@weekly', '2026-03-08T00:00', '2026-03-15T00:00', '2026-03-22T00:00'],
    ['@daily', '2026-03-02T00:00', '2026-03-03T00:00', '2026-03-04T00:00'],
    ['@midnight', '2026-03-02T00:00', '2026-03-03T00:00', '2026-03-04T00:00'],
    ['@Hourly', '2026-03-01T01:00', '2026-03-01T02:00', '2026-03-01T03:00'],
  ])('reads the nickname %s', (cron, ...expected) => {
    expect(scheduleProblem(cron)).toBeUndefined();
    expect(firstRuns(cron)).toEqual(expected);
  });

  it.each([
    ['0 9 * * MON-FRI', '2026-03-02T09:00', '2026-03-03T09:00', '2026-03-04T09:00'],
    ['0 0 * JAN,jul sun', '2026-07-05T00:00', '2026-07-12T00:00', '2026-07-19T00:00'],
    ['0 12 * * 7', '2026-03-01T12:00', '2026-03-08T12:00', '2026-03-15T12:00'],
    ['0 12 * * 0', '2026-03-01T12:00', '2026-03-08T12:00', '2026-03-15T12:00'],
  ])('reads names of months and weekdays, and two numbers for Sunday: %s', (cron, ...expected) => {
    expect(scheduleProblem(cron)).toBeUndefined();
    expect(firstRuns(cron)).toEqual(expected);
  });

  it.each([
    ['0 0 L * *', '2026-03-31T00:00', '2026-04-30T00:00', '2026-05-31T00:00'],
    ['0 0 L,15 * *', '2026-03-15T00:00', '2026-03-31T00:00', '2026-04-15T00:00'],
    // 31 May 2026 is a Sunday.
    ['0 0 LW * *', '2026-03-31T00:00', '2026-04-30T00:00', '2026-05-29T00:00'],
    // 15 March 2026 is a Sunday.
    ['0 0 15W * *', '2026-03-16T00:00', '2026-04-15T00:00', '2026-05-15T00:00'],
    ['0 0 * * 5#2', '2026-03-13T00:00', '2026-04-10T00:00', '2026-05-08T00:00'],
    ['0 0 * * MON#1,MON#3', '2026-03-02T00:00', '2026-03-16T00:00', '2026-04-06T00:00'],
    ['0 0 * * 5L', '2026-03-27T00:00', '2026-04-24T00:00', '2026-05-29T00:00'],
    ['0 0 * * FRI#L', '2026-03-27T00:00', '2026-04-24T00:00', '2026-05-29T00:00'],
    ['0 0 29 2 *', '2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00'],
  ])('reads last days, nearest and numbered weekdays: %s', (cron, ...expected) => {
    expect(scheduleProblem(cron)).toBeUndefined();
    expect(firstRuns(cron)).toEqual(expected);
  });

  it('takes ? for *, in every field', () => {
    for (const cron of ['0 0 ? * *', '0 0 * * ?', '0 0 ? ? ?']) {
      expect(scheduleProblem(cron)).toBeUndefined();
      expect(firstRuns(cron)).toEqual(firstRuns('0 0 * * *'));
    }
    expect(firstRuns('? ? * * *')).toEqual(firstRuns('* * * * *'));
  });

  it('runs on a day of the month or of the week, and with + only on one that is both', () => {
    const either = ['2026-03-06T00:00', '2026-03-13T00:00', '2026-03-20T00:00'];
    expect(firstRuns('0 0 13 * FRI')).toEqual(either);
    const both = ['2026-03-13T00:00', '2026-11-13T00:00', '2027-08-13T00:00'];
    expect(firstRuns('0 0 13 * +FRI')).toEqual(both);
    expect(scheduleProblem('0 0 13 * +FRI')).toBeUndefined();
  });

  it('accepts a date that comes once in 28 years', () => {
    expect(scheduleProblem('0 0 29 2 +MON')).toBeUndefined();
    expect(firstRuns('0 0 29 2 +MON')[0]).toBe('2044-02-29T00:00');
  });
});

describe('a schedule is refused, with what to do instead', () => {
  it.each([
    ['0 */5 * * * *', /six fields.*seconds cannot be kept; leave out the first field/],
    ['*/10 * * * * *', /seconds cannot be kept/],
    ['0 0 9 * * * 2030', /seven fields.*seconds cannot be kept.*first and the last field/],
    ['', /empty: write five fields/],
    [' \t ', /empty: write five fields/],
    ['* * * *', /4 fields: write five/],
    ['daily', /one field: write five/],
    ['1 2 3 4 5 6 7 8', /8 fields: write five/],
    ['@reboot', /run the agent by hand/],
    ['@every 5m', /nickname: there are @yearly/],
    ['@hourly @daily', /nickname/],
    ['@rebooted', /nickname: there are @yearly, @annually, @monthly/],
    ['@every @reboot', /nickname/],
    ['every 5m', /write \*\/5 \* \* \* \*/],
    ['TZ=Europe/Berlin 0 9 * * *', /write it as timezone beside the schedule/],
    ['CRON_TZ=UTC 0 9 * * *', /write it as timezone beside the schedule/],
    ['H 9 * * *', /Jenkins.*jitter/],
    ['H/15 * * * *', /Jenkins.*jitter/],
    ['H(0-29) * * * *', /Jenkins.*jitter/],
    ['0 H * * *', /Jenkins.*jitter/],
    ['0 0 * * H', /Jenkins.*jitter/],
    ['0 5,H * * *', /Jenkins.*jitter/],
    ['0 0 * MARCH *', /cannot be read/],
    ['2030-01-01T09:00:00', /comes once/],
    ['2030-01-01', /comes once/],
    ['+12030-01-01', /comes once/],
    ['0 0 1 1 2030-01', /cannot be read/],
    ['0 0 30 2 *', /never comes/],
    ['0 0 31 4,6,9,11 *', /never comes/],
    ['0 0 31W 4 *', /never comes/],
    ['0 0 30 2 +MON', /never comes/],
    ['60 * * * *', /^cannot be read: invalid value for minute: 60$/],
    ['* 24 * * *', /invalid value for hour: 24/],
    ['0 0 32 * *', /invalid value for day: 32/],
    ['0 0 32W * *', /invalid value for nearestWeekdays: 32$/],
    ['0 0 0 * *', /^cannot be read: invalid value for day: 0$/],
    ['0 0 * 13 *', /invalid value for month: 13/],
    ['0 0 * * 8', /invalid value for dayOfWeek: 8/],
    ['0 0 * * MON#6', /nth weekday out of range/],
    ['0 0 * * FRI-MON', /^cannot be read: from value is larger than to value: '5-1'$/],
    ['0 0 * * MONDAY', /has to stand alone/],
    ['*/0 * * * *', /illegal stepping: 0/],
    [
      '5/5 * * * *',
      /^cannot be read: stepping with numeric prefix \('5\/5'\) is not allowed\. Use wildcard \(\*\/step\) or range \(min-max\/step\) instead$/,
    ],
    ['1,,2 * * * *', /empty/],
    ['1.5 * * * *', /\(1\.5\) contains illegal characters$/],
    ['-5 * * * *', /cannot be read/],
    ['0 0 L-3 * *', /cannot be read/],
    ['0 0 * * L', /cannot be read/],
    ['\u0663 * * * *', /ASCII/],
    ['0 9 * * \u0000', /ASCII/],
    [`${'1,'.repeat(5_000)}1 * * * *`, /longer than 400 characters/],
  ])('%j', (cron, why) => {
    expect(scheduleProblem(cron)).toMatch(why);
  });

  it('but not for its length when every field lists everything', () => {
    const list = (from: number, to: number): string =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index).join(',');
    const months = 'JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC';
    const cron = `${list(0, 59)} ${list(0, 23)} ${list(1, 31)} ${months} SUN,MON,TUE,WED,THU,FRI,SAT`;
    expect(scheduleProblem(cron)).toBeUndefined();
  });
});

// A thread has no zone of its own.
it.runIf(isMainThread)('a pattern means the same in whatever zone the machine is', () => {
  const home = process.env.TZ;
  try {
    process.env.TZ = 'America/New_York';
    expect(new Date('2026-03-08T12:00:00').toISOString()).toBe('2026-03-08T16:00:00.000Z');
    const next = readCron('30 2 * * *').nextRun(new Date('2026-03-08T00:00:00Z'));
    expect(next?.toISOString()).toBe('2026-03-08T02:30:00.000Z');
  } finally {
    if (home === undefined) delete process.env.TZ;
    else process.env.TZ = home;
  }
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT-2'])(
    'may be %s',
    (zone) => {
      expect(timezoneProblem(zone)).toBeUndefined();
    },
  );

  it.each(['', 'Mars/Phobos', '+02:00', 'GMT+2', 'Europe/Berlin ', '../etc', 'Z'.repeat(10_000)])(
    'may not be %j',
    (zone) => {
      expect(timezoneProblem(zone)).toMatch(/IANA name/);
    },
  );
});
