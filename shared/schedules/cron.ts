import { Cron } from 'croner';

/** Longest pattern, in characters: one that lists every value of every field has 390. */
const longestPattern = 400;
/** Longest name of a time zone, in characters: the longest of IANA's has 32. */
const longestZone = 64;

/** Nicknames, as croner has them. */
const nicknames = [
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
] as const;

/**
 * A pattern on the calendar, without a zone: it takes the wall clock for UTC, which has no gaps and repeats nothing. Throws
 * what croner says of a pattern that it cannot read.
 */
export function readCron(cron: string): Cron {
  return new Cron(cron, { mode: '5-part', utcOffset: 0 });
}

/** Why `cron` cannot be the schedule of an agent, half a sentence; undefined when it can. */
export function scheduleProblem(cron: string): string | undefined {
  if (cron.length > longestPattern) return `is longer than ${longestPattern} characters`;
  const pattern = cron.trim();
  const refused = foreignDialect(pattern) ?? wrongFields(pattern);
  if (refused !== undefined) return refused;
  try {
    const first = readCron(pattern).nextRun(new Date(0));
    return first ? undefined : 'names a date that never comes, such as 30 February';
  } catch (error) {
    return `cannot be read: ${readable(error)}`;
  }
}

/** Why `zone` cannot be a time zone, half a sentence; undefined when it can. */
export function timezoneProblem(zone: string): string | undefined {
  // Intl takes offsets as well, and an offset knows no daylight saving time.
  if (zone.length <= longestZone && /^[A-Za-z]/.test(zone) && isKnownToIntl(zone)) return undefined;
  return 'is not the IANA name of a time zone, such as Europe/Berlin or UTC';
}

function isKnownToIntl(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** What people write who come from another scheduler, and what to write instead. */
function foreignDialect(pattern: string): string | undefined {
  if (pattern === '') return 'is empty: write five fields, minute hour day month weekday';
  if (/[^\t\n\r -~]/.test(pattern)) return 'has characters that are not of ASCII';
  if (/^(CRON_)?TZ=/i.test(pattern)) {
    return 'names its time zone in the pattern: write it as timezone beside the schedule';
  }
  if (/^@reboot$/i.test(pattern))
    return 'is @reboot: nothing here starts up; run the agent by hand';
  if (pattern.startsWith('@')) {
    const isKnown = nicknames.some((nickname) => nickname === pattern.toLowerCase());
    return isKnown ? undefined : `is no nickname: there are ${nicknames.join(', ')}`;
  }
  if (/^every\b/i.test(pattern)) {
    return 'is not a cron pattern: write */5 * * * * for every five minutes';
  }
  if (/^[+-]?\d{4,}-\d/.test(pattern)) {
    return 'is a date, which comes once: a schedule repeats; run the agent by hand on that day';
  }
  if (/(^|[\s,])H([\s,/(]|$)/.test(pattern)) {
    return 'uses H of Jenkins: write a minute, and jitter beside the schedule to spread the runs';
  }
  return undefined;
}

function wrongFields(pattern: string): string | undefined {
  if (pattern.startsWith('@')) return undefined;
  const { length } = pattern.split(/\s+/);
  if (length === 5) return undefined;
  if (length === 6) {
    return 'has six fields, the first for seconds. Cloud Scheduler ticks once a minute: seconds cannot be kept; leave out the first field';
  }
  if (length === 7) {
    return 'has seven fields, the first for seconds and the last for years. Cloud Scheduler ticks once a minute: seconds cannot be kept, and years are not kept either; leave out the first and the last field';
  }
  return `has ${length === 1 ? 'one field' : `${length} fields`}: write five, minute hour day month weekday`;
}

/** What croner says, with the number that was written: it counts days and months from 0. */
function readable(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/^CronPattern: (Syntax error, )?/, '')
    .replace(
      /^Invalid value for (day|nearestWeekdays|month): (-?\d+)$/,
      (_, field: string, value: string) => `Invalid value for ${field}: ${Number(value) + 1}`,
    )
    .replace(/\.$/, '')
    .replace(/^./, (letter) => letter.toLowerCase());
}
