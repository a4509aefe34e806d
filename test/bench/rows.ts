import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.ts';

/** One measured figure. */
export interface Row {
  /** Unique; the budget's key. */
  name: string;
  value: number;
  unit: string;
  /** What a reader needs to know to read the figure right. */
  note?: string;
}

/** What a figure may be, and what it was. */
export interface Budgeted {
  /** Highest value allowed, or with `atLeast` the lowest. */
  limit: number;
  atLeast?: true;
  /** What was measured when the limit was set: exact for a count, a mean for anything else. */
  recorded: number;
}

export interface Budget {
  /** What asks no clock: the same on every machine, and held by `counts.test.ts`. */
  counts: { [name: string]: Budgeted };
  /** What asks no clock either, but moves a little with every change: tests hold its limit alone. */
  bounded: { [name: string]: Budgeted };
  /** What depends on the machine: marked by the benchmark, never a failed test. */
  measured: { [name: string]: Budgeted };
}

export function readBudget(): Budget {
  return JSON.parse(
    readFileSync(join(repositoryRoot(), 'test/bench/budget.json'), 'utf8'),
  ) as Budget;
}

export function budgetOf(budget: Budget, name: string): Budgeted | undefined {
  return budget.counts[name] ?? budget.bounded[name] ?? budget.measured[name];
}

/** Whether `value` is worse than the budget allows. */
export function isOver({ limit, atLeast }: Budgeted, value: number): boolean {
  return atLeast ? value < limit : value > limit;
}

/** The rows of one part as lines of text, with limits beside them and what is over marked. */
export function formatRows(rows: readonly Row[], budget: Budget): string[] {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows.map((row) => {
    const { figure, limit, over } = cellsOf(row, budget);
    const mark = over ? 'OVER' : '';
    return `  ${row.name.padEnd(width)}  ${figure}  ${limit.padEnd(9)} ${mark.padEnd(4)}  ${row.note ?? ''}`.trimEnd();
  });
}

/** The rows of one part as a table in Markdown. */
export function tableOf(rows: readonly Row[], budget: Budget): string {
  const lines = rows.map((row) => {
    const { figure, limit, over } = cellsOf(row, budget);
    const shownFigure = over ? `**${figure.trim()}, over**` : figure.trim();
    return `| ${row.name} | ${shownFigure} | ${limit} | ${row.note ?? ''} |`.replaceAll(
      '|  ',
      '| ',
    );
  });
  return ['| | | budget | |', '|---|---|---|---|', ...lines].join('\n');
}

function cellsOf({ name, value, unit }: Row, budget: Budget) {
  const known = budgetOf(budget, name);
  return {
    figure: `${shown(value).padStart(9)} ${unit.padEnd(6)}`,
    limit: known ? `${known.atLeast ? '≥' : '≤'} ${shown(known.limit)}` : '',
    over: known !== undefined && isOver(known, value),
  };
}

function shown(value: number): string {
  if (Number.isInteger(value) || value >= 1_000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
