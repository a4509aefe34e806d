import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorKinds } from '../cli/errors.ts';
import { findingKinds } from '../doctor/finding-kinds.ts';
import { repositoryRoot } from '../local/repository.ts';

const page = readFileSync(join(repositoryRoot(), 'docs/troubleshooting.md'), 'utf8');

describe('docs/troubleshooting.md', () => {
  it('has every error of a command, with its page', () => {
    for (const code of Object.keys(errorKinds)) {
      expect(page).toContain(`[${code}](errors/${code}.md)`);
    }
  });

  it('names no finding that there is not', () => {
    const [tables = ''] = page.split('<!-- generated: findings -->');
    const named = [...tables.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code]) => code);
    const known: readonly string[] = [...Object.keys(findingKinds), 'DROVER_GCLOUD'];
    expect(named.filter((code) => code !== undefined && !known.includes(code))).toEqual([]);
  });
});
