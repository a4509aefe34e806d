const rfc3339 =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2}))?$/;

/** An RFC 3339 time or date as ms since the epoch, to the microsecond; undefined: it is neither. */
export function parseTime(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (!match) return undefined;
  const [, date = '', time = '00:00:00', fraction = '', zone = 'Z'] = match;
  const whole = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(whole) ? undefined : whole + Number(`0${fraction || '.0'}`) * 1000;
}

/**
 * `ms` since the epoch as Google's JSON has it: no fraction on a full second, else 3, 6 or 9 digits
 * (google/protobuf/timestamp.proto).
 *
 * @param nanos To show below the millisecond instead of what `ms` itself holds, 0 to 999,999.
 */
export function formatTime(ms: number, nanos?: number): string {
  const whole = Math.floor(ms);
  const below = nanos ?? Math.round((ms - whole) * 1000) * 1000;
  const second = new Date(whole).toISOString();
  if (below === 0) return second.replace('.000Z', 'Z');
  const digits = String(below).padStart(6, '0').replace(/000$/, '');
  return `${second.slice(0, -1)}${digits}Z`;
}
