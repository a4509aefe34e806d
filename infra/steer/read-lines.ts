import type { Drover } from './drover.ts';

/** A line of a run's log, as the control API has it. */
export interface Line {
  /** ISO time with nine decimals. */
  at: string;
  severity: string;
  text: string;
}

/** Lines that are asked for at once: the most that the control API gives. */
const page = 2_000;

export interface Wanted {
  /** The last so many; 'all' for the whole log. */
  lines: number | 'all';
  /** A regular expression that they match. */
  grep?: string;
}

/**
 * Tells the last lines of a run's log, or all of them, the oldest first, page by page: however many there are, no more than one
 * page is held. Answers the place where a later reader goes on, and undefined when whoever reads has gone.
 */
export async function tellLines(
  drover: Drover,
  run: string,
  { lines, grep }: Wanted,
  tell: (line: Line) => boolean,
): Promise<string | undefined> {
  const read = (place: { after?: string; before?: string; limit: string }) =>
    drover.told(
      drover.api.v1.runs[':run'].logs.$get({
        param: { run },
        query: { ...place, ...(grep === undefined ? {} : { grep }) },
      }),
      'lines',
      'after',
    );
  const tellAll = (found: readonly Line[]): boolean => found.every(tell);

  if (lines !== 'all' && lines <= page) {
    const last = await read({ limit: String(lines) });
    const told = [...last.lines];
    // A page that looked at much and found little has more before it.
    let { before } = last;
    while (told.length < lines && before !== null) {
      const earlier = await read({ limit: String(lines - told.length), before });
      told.unshift(...earlier.lines);
      if (earlier.before === before) break;
      before = earlier.before;
    }
    return tellAll(told) ? last.after : undefined;
  }

  let after = lines === 'all' ? 'start' : await placeBack(read, lines);
  for (;;) {
    const next = await read({ limit: String(page), after });
    if (!tellAll(next.lines)) return undefined;
    if (!next.more) return next.after;
    after = next.after;
  }
}

type Read = (place: { before?: string; limit: string }) => Promise<{
  lines: Line[];
  before: string | null;
}>;

/** The place before which so many lines from the end are, found backwards without keeping them. */
async function placeBack(read: Read, lines: number): Promise<string> {
  let before: string | undefined;
  for (let left = lines; left > 0; ) {
    const limit = String(Math.min(left, page));
    const earlier = await read({ limit, ...(before === undefined ? {} : { before }) });
    left -= earlier.lines.length;
    if (earlier.before === null) return 'start';
    if (earlier.before === before) break;
    before = earlier.before;
  }
  return before ?? 'start';
}
