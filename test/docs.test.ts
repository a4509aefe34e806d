import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiErrors } from '../functions/http/api-errors.ts';
import { reasons } from '../shared/runs/reasons.ts';

const docs = new URL('../docs/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, docs), 'utf8');

describe('the documentation', () => {
  it('has a page for every reason and none for another', () => {
    // Codes of the command line are written in capitals; those and the functions' have their own tests.
    const others = Object.keys(apiErrors).map((code) => `${code}.md`);
    const pages = readdirSync(new URL('errors/', docs)).filter(
      (file) => /^[a-z]/.test(file) && !others.includes(file),
    );
    expect(pages.sort()).toEqual(
      Object.keys(reasons)
        .map((reason) => `${reason}.md`)
        .sort(),
    );
  });

  it.each(Object.entries(reasons))(
    'says of %s what happened, why and what to do',
    (reason, states) => {
      const page = read(`errors/${reason}.md`);
      expect(page.startsWith(`# ${reason}\n\nState: \`${states[0]}\`.`)).toBe(true);
      for (const part of ['What happened.', 'Why.', 'What to do.'])
        expect(page).toContain(`**${part}**`);
      expect(read('errors/README.md')).toContain(`[${reason}](${reason}.md) | ${states[0]} |`);
    },
  );

  it('links to pages that are there', () => {
    const pages = [
      '../README.md',
      'architecture.md',
      'configuration.md',
      'security.md',
      'decisions/README.md',
    ];
    for (const page of pages) {
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        expect(
          () => readFileSync(new URL(target, new URL(page, docs))),
          `${page} -> ${target}`,
        ).not.toThrow();
      }
    }
  });

  it('lists every package that is installed, and no other', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', docs), 'utf8')) as {
      dependencies: object;
      devDependencies: object;
    };
    const page = read('dependencies.md');
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(page).toContain(
        `\`${name.replace(/^@google-cloud\/(?!functions|firestore|pubsub)/, '')}\``,
      );
    }
  });
});
