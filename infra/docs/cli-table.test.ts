import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../local/repository.ts';
import { commandNames, commandSection } from './cli-table.ts';

const page = readFileSync(join(repositoryRoot(), 'docs/cli.md'), 'utf8');

describe('docs/cli.md', () => {
  it('has a section for each command, and none for another', () => {
    const sections = [...page.matchAll(/^## `drover ([a-z-]+)`$/gm)].map(([, name]) => name);
    expect([...sections].sort()).toEqual([...commandNames].sort());
    for (const name of commandNames) {
      expect(page).toContain(`## \`drover ${name}\`\n\n<!-- generated: command ${name} -->\n`);
    }
  });

  it('has what an option may be, and what holds without it', () => {
    expect(commandSection('provision')).toContain(
      'one of `gcloud`, `terraform`; default: `gcloud`',
    );
    expect(commandSection('deploy')).toContain('| `--traffic <percent>` |');
    expect(() => commandSection('frob')).toThrow('frob');
  });
});
