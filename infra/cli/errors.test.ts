import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../local/repository.ts';
import { type ErrorCode, errorKinds, exitCodes, Failure } from './errors.ts';

const pages = join(repositoryRoot(), 'docs/errors');
const codes = Object.keys(errorKinds) as ErrorCode[];

/** Sources that may end a command. */
const sources = readdirSync(join(repositoryRoot(), 'infra'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && path !== 'cli/errors.ts')
  .map((path) => readFileSync(join(repositoryRoot(), 'infra', path), 'utf8'))
  .join('\n');

describe('the list of errors', () => {
  it('has a page for each code, and no page for another', () => {
    const found = readdirSync(pages).filter((file) => /^[A-Z]/.test(file) && file !== 'README.md');
    expect(found.sort()).toEqual(codes.map((code) => `${code}.md`).sort());
  });

  it.each(codes)('has in the page of %s its exit code, what happened and what to do', (code) => {
    const page = readFileSync(join(pages, `${code}.md`), 'utf8');
    const { exitCode } = new Failure(code);
    expect(page.startsWith(`# ${code}\n\nExit code: \`${exitCode}\`.\n\n**What happened.** `)).toBe(
      true,
    );
    expect(page).toContain('\n**What to do.** ');
  });

  it('says of each in sentences what happened and what to do', () => {
    for (const { what, todo } of Object.values(errorKinds)) {
      expect(what).toMatch(/^[A-Z].*\.$/);
      expect(todo).toMatch(/^[A-Z`].*\.$/);
    }
  });

  it('has no code that nothing ends with', () => {
    expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('never takes an error for success', () => {
    for (const code of codes) expect(new Failure(code).exitCode).not.toBe(exitCodes.done);
  });
});
