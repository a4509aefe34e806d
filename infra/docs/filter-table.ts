import { filtersOf, providers } from '../../shared/webhooks/providers.ts';
import { cell } from './field-table.ts';

/** A Markdown table of the filters of one type, or of every type when none is named. */
export function filterTable(type?: string): string {
  const types = type === undefined ? providers.map((provider) => provider.type) : [type];
  const rows = types.flatMap((each) =>
    Object.entries(filtersOf(each)).map(([filter, { about, passesWithout, isFlag }]) => {
      const first = type === undefined ? `| \`${each}\` ` : '';
      const wanted = isFlag ? '`true` or `false`' : 'text or list';
      const without = isFlag ? 'is `false`' : passesWithout ? 'passes' : 'fails';
      return `${first}| \`${filter}\` | ${wanted} | ${cell(about)} | ${without} |`;
    }),
  );
  const first = type === undefined ? ['| type ', '|---'] : ['', ''];
  return [
    `${first[0]}| filter | value | compared with | an event without it |`,
    `${first[1]}|---|---|---|---|`,
    ...rows,
  ].join('\n');
}
