import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withCosts } from './page.ts';

const page = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8');

describe('docs/costs.md', () => {
  it('has the tables that `npm run costs` would make now', async () => {
    expect((await withCosts(page)) === page, 'stale: run `npm run costs`').toBe(true);
  });

  it('asks for every table, each once', async () => {
    const asked = [...page.matchAll(/<!-- generated: costs ([a-z]+) -->/g)].map(([, name]) => name);
    expect(asked.sort()).toEqual(['durations', 'idle', 'more', 'operations', 'prices', 'runs']);
  });

  it('fails for a table that there is not', async () => {
    await expect(withCosts('<!-- generated: costs nowhere -->\n<!-- end -->')).rejects.toThrow(
      /nowhere/,
    );
  });
});
