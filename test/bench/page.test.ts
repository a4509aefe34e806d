import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { costRows } from './costs/rows.ts';
import { countedRows } from './counts/rows.ts';
import { partNames } from './options.ts';
import { blockOf, pageFile, partsOn, withBlocks } from './page.ts';
import { readBudget } from './rows.ts';

const page = readFileSync(pageFile, 'utf8');

describe('docs/benchmarks.md', () => {
  it('has a place for every part, each once', () => {
    expect(partsOn(page).sort()).toEqual([...partNames].sort());
  });

  it('has the counted tables as they would be made now', async () => {
    const budget = readBudget();
    const blocks = new Map([
      ['counts', blockOf(await countedRows(), budget)],
      ['costs', blockOf(await costRows(), budget)],
    ]);
    const made = withBlocks(page, blocks);
    expect(page === made, 'stale: run `npm run bench -- --only counts,costs --page`').toBe(true);
  });
});

describe('writing the page', () => {
  const before =
    'a\n<!-- generated: bench ack -->\nold\n<!-- end -->\nb\n<!-- generated: bench cli -->\nkept\n<!-- end -->\n';

  it('replaces what was measured and leaves the rest', () => {
    const after = withBlocks(before, new Map([['ack', '| new |']]));
    expect(after).toBe(before.replace('old', '| new |'));
  });

  it('says of what was timed on which machine, and when', () => {
    const rows = [{ name: 'waited', value: 3, unit: 'ms' }];
    const machine = {
      date: '2026-11-26T10:00:00.000Z',
      commit: 'abc1234',
      node: 'v20.20.2',
      system: 'linux 6',
      processor: 'A  Processor',
      cores: 2,
      memoryGB: 8,
      loadBefore: 0.25,
    };
    expect(blockOf(rows, { counts: {}, bounded: {}, measured: {} }, machine)).toBe(
      'A Processor, 2 cores, 8 GB, Node v20.20.2, commit abc1234, 2026-11-26; load before: 0.3.\n\n| | | budget | |\n|---|---|---|---|\n| waited | 3 ms | | |',
    );
  });
});
