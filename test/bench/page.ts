import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.ts';
import type { Machine } from './machine.ts';
import { type Budget, type Row, tableOf } from './rows.ts';

export const pageFile = join(repositoryRoot(), 'docs', 'benchmarks.md');

const marked = /<!-- generated: bench ([a-z]+) -->\n[\s\S]*?<!-- end -->/g;

/** What the page has of one part: its table, below where and when it was measured unless it is the same everywhere. */
export function blockOf(rows: readonly Row[], budget: Budget, machine?: Machine): string {
  const table = tableOf(rows, budget);
  return machine === undefined ? table : `${placeOf(machine)}\n\n${table}`;
}

/** `page` with the blocks between its markers, `<!-- generated: bench ack -->` to `<!-- end -->`, made anew; others stay. */
export function withBlocks(page: string, blocks: ReadonlyMap<string, string>): string {
  return page.replaceAll(marked, (before, name: string) => {
    const block = blocks.get(name);
    return block === undefined
      ? before
      : `<!-- generated: bench ${name} -->\n${block}\n<!-- end -->`;
  });
}

/** The parts that the page has a place for. */
export function partsOn(page: string): string[] {
  return [...page.matchAll(marked)].map(([, name = '']) => name);
}

/** Writes the blocks of what was measured into docs/benchmarks.md. */
export function writePage(blocks: ReadonlyMap<string, string>): void {
  writeFileSync(pageFile, withBlocks(readFileSync(pageFile, 'utf8'), blocks));
}

function placeOf({ processor, cores, memoryGB, node, commit, date, loadBefore }: Machine): string {
  const at = commit === null ? '' : `, commit ${commit}`;
  const where = `${processor.replaceAll(/\s+/g, ' ')}, ${cores} cores, ${memoryGB} GB`;
  return `${where}, Node ${node}${at}, ${date.slice(0, 10)}; load before: ${loadBefore.toFixed(1)}.`;
}
