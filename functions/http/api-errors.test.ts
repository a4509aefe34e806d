import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reasons } from '../../shared/runs/reasons.ts';
import { apiErrors } from './api-errors.ts';

const root = new URL('../../', import.meta.url);
const codes = Object.entries(apiErrors);

const sources = readdirSync(new URL('functions/', root), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(new URL(`functions/${file}`, root), 'utf8') }));

/** Files outside of `but` whose text has something of this form. */
function having(form: RegExp, ...but: string[]): string[] {
  return sources.flatMap(({ file, text }) =>
    form.test(text) && !but.includes(file) ? [file] : [],
  );
}

describe('the list of what functions refuse', () => {
  it.each(codes)('has a page for %s that says what happened, why and what to do', (code, kind) => {
    const page = readFileSync(new URL(`docs/errors/${code}.md`, root), 'utf8');
    const start = `# ${code}\n\nHTTP status: \`${kind.status}\`.\n\n**What happened.** `;
    expect(page.startsWith(start)).toBe(true);
    expect(page).toMatch(/\n\n\*\*Why\.\*\* [\s\S]+\n\n\*\*What to do\.\*\* /);
    expect(kind.what).toMatch(/^[A-Z].*\.$/);
  });

  it('has no code that is a reason as well, nor one that differs from another page in its case alone', () => {
    for (const [code] of codes) expect(Object.keys(reasons)).not.toContain(code);
    const pages = readdirSync(new URL('docs/errors/', root)).map((page) => page.toLowerCase());
    expect(pages).toEqual([...new Set(pages)]);
  });

  it('has no code that nothing is refused for', () => {
    const all = sources
      .filter(({ file }) => file !== 'http/api-errors.ts')
      .map(({ text }) => text)
      .join('\n');
    expect(codes.map(([code]) => code).filter((code) => !all.includes(`'${code}'`))).toEqual([]);
  });

  it('is the only place from which a function takes a status that refuses something', () => {
    const http = ['http/refusal.ts', 'http/app.ts'];
    expect(having(/HTTPException/, ...http)).toEqual([]);
    expect(having(/new Response\(|Response\.json\(/, 'http/listener.ts')).toEqual([]);
    // An answer whose form Action Llama has laid down has the code in its header.
    expect(having(/,\s*[45]\d\d,?\s*\)|status:\s*[45]\d\d/, 'http/api-errors.ts')).toEqual([
      'control/action-llama/stats-routes.ts',
    ]);
  });
});

it('names pages that are there', () => {
  for (const [code] of codes) {
    expect(existsSync(new URL(`docs/errors/${code}.md`, root)), code).toBe(true);
  }
});
