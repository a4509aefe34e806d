import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { levels } from './faults.ts';
import { invariants, laws, proves } from './laws.ts';
import { usage } from './options.ts';
import type { Saboteur } from './sabotage.ts';
import { sabotages } from './sabotages.ts';

const page = readFileSync(new URL('../../docs/simulation.md', import.meta.url), 'utf8');

/** The rows of the table with this heading, without heading and rule. */
function rowsUnder(heading: string): string[] {
  const after = page.slice(page.indexOf(heading)).split('\n');
  const end = after.findIndex((line) => !line.startsWith('|'));
  return after.slice(2, end);
}

describe('docs/simulation.md', () => {
  it('lists every law as it stands in the code, with the invariants that it proves', () => {
    const rows = (Object.keys(laws) as (keyof typeof laws)[]).map(
      (law) => `| \`${law}\` | ${laws[law]} | ${(proves[law] ?? []).join(', ')} |`,
    );
    expect(rowsUnder('| law | what must hold | invariants |')).toEqual(rows);
  });

  it('lists the invariants', () => {
    const rows = Object.entries(invariants).map(([number, text]) => `| ${number} | ${text} |`);
    expect(rowsUnder('| | invariant |')).toEqual(rows);
  });

  it('lists every sabotage, and the laws that catch it', () => {
    const all: [string, Saboteur][] = Object.entries(sabotages);
    const rows = all.map(
      ([name, { what, laws: named }]) =>
        `| \`${name}\` | ${what} | ${named.map((law) => `\`${law}\``).join(', ')} |`,
    );
    expect(rowsUnder('| `--sabotage` | a Drover that | caught by |')).toEqual(rows);
  });

  it('uses no option that is not there', () => {
    for (const [, option = ''] of page.matchAll(/npm run sim -- [^\n]*?(--[a-z-]+)/g)) {
      expect(usage).toContain(option);
    }
    for (const level of Object.keys(levels)) expect(usage).toContain(level);
  });
});
