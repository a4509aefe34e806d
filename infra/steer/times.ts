const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A length of time as people say it, in its two largest units: `840 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function span(ms: number): string {
  if (ms < secondMs) return `${Math.round(ms)} ms`;
  if (ms < 10 * secondMs) return `${(ms / secondMs).toFixed(1)} s`;
  const seconds = Math.round(ms / secondMs);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(`${minutes} min`, seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(`${hours} h`, minutes % 60, 'min');
  return joined(`${Math.floor(hours / 24)} d`, hours % 24, 'h');
}

function joined(larger: string, rest: number, unit: string): string {
  return rest === 0 ? larger : `${larger} ${rest} ${unit}`;
}

/** How long ago a moment was, in one unit: `now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`; of one that comes `in 5 min`. */
export function ago(at: string | Date, now: number): string {
  const ms = now - new Date(at).getTime();
  if (Number.isNaN(ms)) return '';
  const amount = oneUnit(Math.abs(ms));
  if (amount === undefined) return 'now';
  return ms > 0 ? `${amount} ago` : `in ${amount}`;
}

function oneUnit(ms: number): string | undefined {
  if (ms < secondMs) return undefined;
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h`;
  return `${Math.floor(ms / dayMs)} d`;
}

/** A moment as a clock on the wall here shows it: `14:03:07`, with the date where that is not today's. */
export function clock(at: string | Date, now: number): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return String(at);
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(':');
  return dateOf(moment) === dateOf(new Date(now)) ? time : `${dateOf(moment)} ${time}`;
}

function dateOf(moment: Date): string {
  return [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()].map(two).join('-');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** ISO times in a sentence, as clocks show them. */
export function withClocks(sentence: string, now: number): string {
  return sentence.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) =>
    clock(iso, now),
  );
}

const units: { readonly [unit: string]: number } = {
  s: secondMs,
  m: minuteMs,
  min: minuteMs,
  h: hourMs,
  d: dayMs,
};

/** The moment that somebody means: `90m`, `2h`, `3d` ago, or an ISO date or time. Undefined for what is neither. */
export function momentOf(text: string, now: number): Date | undefined {
  const [, count, unit] = /^(\d{1,6}) ?(s|m|min|h|d)$/.exec(text) ?? [];
  const length = units[unit ?? ''];
  if (count !== undefined && length !== undefined) return new Date(now - Number(count) * length);
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) || moment.getTime() < 0 ? undefined : moment;
}
