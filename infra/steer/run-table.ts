import { type Column, table } from './table.ts';
import { ago, span } from './times.ts';

/** What a list of the control API says of a run. */
export interface RunRow {
  id: string;
  agent: string;
  state: string;
  reason: string | null;
  summary: string;
  trigger: { type: string };
  admittedAt: string;
  startedAt: string | null;
  endedAt: string | null;
}

/** Runs as a table. */
export function runTable(runs: readonly RunRow[], width: number, now: number): string[] {
  const columns: Column<RunRow>[] = [
    { title: 'RUN', of: ({ id }) => id },
    { title: 'STATE', of: ({ state }) => state },
    { title: 'ADMITTED', of: ({ admittedAt }) => ago(admittedAt, now) },
    { title: 'TOOK', of: (run) => tookOf(run, now), narrow: 'drop' },
    { title: 'BY', of: ({ trigger }) => trigger.type, narrow: 'drop' },
    { title: 'WHY', of: whyOf, narrow: 'cut' },
  ];
  return table(runs, columns, width);
}

/** How long its container ran, or runs by now. */
function tookOf({ startedAt, endedAt }: RunRow, now: number): string {
  if (startedAt === null) return '';
  return span(Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt)));
}

/** Its summary without what the columns say already. */
function whyOf({ summary, reason }: RunRow): string {
  const said = summary.slice(summary.indexOf(': ') + 1).trim();
  return reason === null || reason === 'completed' ? said : `${reason}: ${said}`;
}
