/** Whole numbers as ranges, of which the last may have no end: `3,7-20,40-`. */
export interface NumberRange {
  first: number;
  /** The last of them; infinite: all that follow. */
  last: number;
}

/** A set of numbers that may go on for ever, as a life takes it that is lived without some mishaps. */
export type Numbers = Pick<ReadonlySet<number>, 'has'>;

export function numbersOf(ranges: readonly NumberRange[]): Numbers {
  return { has: (number) => ranges.some(({ first, last }) => number >= first && number <= last) };
}

/** Reads `3,7-20,40-`; undefined: it is not written so. */
export function readRanges(text: string): NumberRange[] | undefined {
  const ranges = text.split(',').map((part) => {
    const [, from = '', dash, to = ''] = /^(\d{1,9})(?:(-)(\d{0,9}))?$/.exec(part) ?? [];
    const first = Number.parseInt(from, 10);
    const last = dash === undefined ? first : to === '' ? Number.POSITIVE_INFINITY : Number(to);
    return { first, last };
  });
  return ranges.every(({ first, last }) => first >= 1 && last >= first) ? ranges : undefined;
}

/** Writes ranges so that {@link readRanges} reads the same numbers, in order, each once. */
export function writeRanges(ranges: readonly NumberRange[]): string {
  return joined(ranges)
    .map(({ first, last }) => {
      if (first === last) return String(first);
      return Number.isFinite(last) ? `${first}-${last}` : `${first}-`;
    })
    .join(',');
}

/** The same numbers in as few ranges as there can be. */
export function joined(ranges: readonly NumberRange[]): NumberRange[] {
  const joint: NumberRange[] = [];
  for (const range of [...ranges].sort((one, other) => one.first - other.first)) {
    const before = joint.at(-1);
    if (before && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else joint.push({ ...range });
  }
  return joint;
}
