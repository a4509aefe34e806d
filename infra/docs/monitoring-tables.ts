import { alerts } from '../monitoring/alerts.ts';
import { metrics } from '../monitoring/metrics.ts';
import { objectives } from '../monitoring/objectives.ts';
import { cell } from './field-table.ts';

/** A Markdown table of what a person is told of, with a link to what is to be done. */
export function alertTable(): string {
  const rows = alerts.map(({ section, severity, conditions }) => {
    const titles = conditions.map(({ displayName }) => String(displayName)).join('; ');
    return `| [${section}](#${anchorOf(section)}) | ${severity.toLowerCase()} | ${cell(titles)} |`;
  });
  return ['| alert | severity | told when |', '|---|---|---|', ...rows].join('\n');
}

/** A Markdown table of the service levels. */
export function objectiveTable(): string {
  const rows = objectives.map(
    ({ what, target, chart }) => `| ${cell(what)} | ${target} | ${cell(chart.title)} |`,
  );
  return ['| what | over 28 days | chart |', '|---|---|---|', ...rows].join('\n');
}

/** A Markdown table of the log-based metrics. */
export function metricTable(): string {
  const rows = metrics.map(({ id, why, labels, measures }) => {
    const names = Object.keys(labels).map((label) => `\`${label}\``);
    return `| \`${id}\` | ${cell(why)} | ${names.join(', ')} | ${measures ? measures.unit : 'lines'} |`;
  });
  return ['| metric | | labels | in |', '|---|---|---|---|', ...rows].join('\n');
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
