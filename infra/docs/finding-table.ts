import { findingKinds } from '../doctor/finding-kinds.ts';
import { cell } from './field-table.ts';

/** A Markdown table of what `drover doctor` can find. */
export function findingTable(): string {
  const rows = Object.entries(findingKinds).map(
    ([code, { severity, means }]) => `| \`${code}\` | ${severity} | ${cell(means)} |`,
  );
  return ['| finding | | what it means |', '|---|---|---|', ...rows].join('\n');
}
