/** Below this a count is of seconds: as milliseconds it would lie in 1973 or before. */
const leastMs = 100_000_000_000;

/**
 * The ISO form of a sender's time: a text that holds a date, or the time since the epoch in ms or s, as number or text.
 * Undefined of anything else.
 */
export function isoOf(time: unknown): string | undefined {
  if (typeof time !== 'string' && typeof time !== 'number') return undefined;
  const date = new Date(/^\d+$/.test(String(time)) ? milliseconds(Number(time)) : time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function milliseconds(count: number): number {
  return count < leastMs ? count * 1_000 : count;
}
