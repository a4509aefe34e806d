import { visible } from '../cli/visible.ts';
import { cutTo, padTo, widthOf, wrapped } from './width.ts';

/** A column of a table. */
export interface Column<Row> {
  title: string;
  /** What stands in it. */
  of(row: Row): string;
  /**
   * What becomes of it where there is no room: `keep` is shown whole, because somebody will copy it; `cut` loses its end; `drop` is
   * left out, those on the right first.
   */
  narrow?: 'keep' | 'cut' | 'drop';
}

const gap = 2;
/** What is left of a column that is cut, at least, for it to be worth its place. */
const leastCut = 12;

/**
 * A table in lines of at most so many columns. Where even what must be kept does not fit beside each other, each row is some lines:
 * its first column, and below it the others.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
): string[] {
  const cells = rows.map((row) => columns.map((column) => visible(column.of(row)).trim()));
  const filled = columns.map((column, index) => ({
    ...column,
    index,
    natural: Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[index] ?? ''))),
  }));
  const [shown, widths] = arranged(filled, width);
  if (widths === undefined) return stacked(cells, filled, width);
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => padTo(cutTo(text, widths[at] ?? 0), widths[at] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd();
  return [
    line(shown.map(({ title }) => title)),
    ...cells.map((row) => line(shown.map(({ index }) => row[index] ?? ''))),
  ];
}

interface Filled {
  title: string;
  narrow?: Column<never>['narrow'];
  index: number;
  natural: number;
}

/** Which columns there is room for, and how wide each is; without widths, there is not even room for those that are kept. */
function arranged(
  all: readonly Filled[],
  width: number,
): [readonly Filled[], number[] | undefined] {
  let columns = [...all];
  for (;;) {
    const gaps = gap * (columns.length - 1);
    const isCut = (column: Filled): boolean => column.narrow === 'cut';
    const least = (column: Filled): number =>
      isCut(column) ? Math.min(column.natural, leastCut) : column.natural;
    const needed = sum(columns.map(least)) + gaps;
    if (needed <= width) {
      let spare = width - needed;
      const widths = columns.map((column) => {
        const more = isCut(column) ? Math.min(spare, column.natural - least(column)) : 0;
        spare -= more;
        return least(column) + more;
      });
      return [columns, widths];
    }
    const dropped = columns.findLast(({ narrow }) => narrow === 'drop') ?? columns.findLast(isCut);
    if (!dropped) return [columns, undefined];
    columns = columns.filter((column) => column !== dropped);
  }
}

function stacked(
  cells: readonly (readonly string[])[],
  columns: readonly Filled[],
  width: number,
): string[] {
  const rest = columns.slice(1).filter(({ narrow }) => narrow !== 'drop');
  return cells.flatMap((row) => {
    const said = rest.flatMap(({ index }) => row[index] || []).join(', ');
    const below = said === '' ? [] : wrapped(said, width - gap);
    return [row[0] ?? '', ...below.map((line) => `${' '.repeat(gap)}${line}`)];
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** Facts under their names: `name  what is so`, the latter in lines of its own where it is long. */
export function facts(
  entries: readonly (readonly [name: string, lines: readonly string[]])[],
  width: number,
): string[] {
  const told = entries.filter(([, lines]) => lines.length > 0);
  const names = Math.max(0, ...told.map(([name]) => widthOf(name)));
  const indent = names + gap;
  return told.flatMap(([name, lines]) => {
    const all = lines.flatMap((line) => wrapped(visible(line), Math.max(width - indent, leastCut)));
    return all.map((line, index) => `${padTo(index === 0 ? name : '', indent)}${line}`.trimEnd());
  });
}
