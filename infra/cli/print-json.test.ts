import { describe, expect, it } from 'vitest';
import { Failure } from './errors.ts';
import { jsonPrinter } from './print-json.ts';
import { testShell } from './test-shell.ts';

function printing() {
  const shell = testShell();
  const lines = (): unknown[] =>
    shell
      .shown('out')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  return { shell, lines, printer: jsonPrinter(shell) };
}

describe('what a program is told', () => {
  it('is an object a line, the last of which is the result', () => {
    const { shell, lines, printer } = printing();
    printer.print({ kind: 'step', title: 'one', state: 'begun' });
    shell.pass(1_500);
    printer.print({ kind: 'step', title: 'one', state: 'done', note: 'well' });
    printer.print({ kind: 'log', title: 'one', line: 'Step 1' });
    printer.print({ kind: 'note', text: 'by the way' });
    printer.result({ lines: ['all of it'], data: { steps: 1 }, next: 'go on.' });
    expect(lines()).toEqual([
      { event: 'step', title: 'one', state: 'begun', elapsedMs: 0, note: null },
      { event: 'step', title: 'one', state: 'done', elapsedMs: 1_500, note: 'well' },
      { event: 'log', title: 'one', line: 'Step 1' },
      { event: 'note', text: 'by the way' },
      { event: 'result', ok: true, steps: 1, next: 'go on.' },
    ]);
  });

  it('has a command as its parts, and as one would type it', () => {
    const { lines, printer } = printing();
    const command = { tool: 'gcloud', args: ['a', 'b c'] } as const;
    printer.print({ kind: 'command', title: 'one', command, project: 'acme-drover' });
    expect(lines()).toEqual([
      {
        event: 'command',
        title: 'one',
        tool: 'gcloud',
        args: ['a', 'b c'],
        line: "gcloud a 'b c' --project=acme-drover",
      },
    ]);
  });

  it('has an error with all that a person would be told', () => {
    const { shell, lines, printer } = printing();
    printer.fail(new Failure('QUOTA_EXCEEDED', 'Too much.', { details: ['words'] }));
    expect(lines()).toEqual([
      {
        event: 'error',
        ok: false,
        code: 'QUOTA_EXCEEDED',
        what: 'Too much.',
        todo: expect.stringContaining('Wait a minute'),
        page: 'docs/errors/QUOTA_EXCEEDED.md',
        details: ['words'],
      },
    ]);
    expect(shell.shown('err')).toBe('');
  });

  it('has a rendering as a text within the result', () => {
    const { lines, printer } = printing();
    printer.result({ raw: 'resource {}\n' });
    expect(lines()).toEqual([{ event: 'result', ok: true, text: 'resource {}\n', next: null }]);
  });

  it('spells out what a terminal would act on, and means the same', () => {
    const { shell, lines, printer } = printing();
    const text = 'a\u001b[2J\u007f\u009b2J\u0085b\u202ec\u2066\u200b\ufeff\u2028d\u{e0041}é😀';
    printer.print({ kind: 'log', title: text, line: text });
    printer.result({ data: { [text]: [text] } });
    expect(shell.shown('out')).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u);
    expect(shell.shown('out')).toContain(String.raw`\u007f\u009b2J\u0085b\u202ec`);
    expect(shell.shown('out')).toContain('é😀');
    expect(lines()).toEqual([
      { event: 'log', title: text, line: text },
      { event: 'result', ok: true, [text]: [text], next: null },
    ]);
  });

  it('says of a check that found something that it is not well', () => {
    const { lines, printer } = printing();
    printer.result({ lines: ['one is off'], isFound: true });
    expect(lines()).toEqual([{ event: 'result', ok: false, lines: ['one is off'], next: null }]);
  });
});
