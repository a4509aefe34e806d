import { describe, expect, it } from 'vitest';
import { Failure } from './errors.ts';
import { linePrinter } from './print-lines.ts';
import { type TestWorld, testShell } from './test-shell.ts';

function printing(world: TestWorld = {}) {
  const shell = testShell(world);
  return { shell, printer: linePrinter(shell) };
}

const step = (title: string, state: 'begun' | 'done' | 'same' | 'failed', note?: string) => ({
  kind: 'step' as const,
  title,
  state,
  ...(note === undefined ? {} : { note }),
});

describe('what a person is told', () => {
  it('is a line a step, with the time that it took', () => {
    const { shell, printer } = printing();
    printer.print(step('create queue drover-poll', 'begun'));
    shell.pass(1_240);
    printer.print(step('create queue drover-poll', 'done', '2 commands'));
    printer.print(step('create topic drover-logs', 'begun'));
    printer.print(step('create topic drover-logs', 'same'));
    expect(shell.shown('out')).toBe(
      'done      1.2 s  create queue drover-poll (2 commands)\nsame      0.0 s  create topic drover-logs\n',
    );
    expect(shell.shown('err')).toBe('');
  });

  it('says on a terminal that a long step goes on, and takes that away again', () => {
    const { shell, printer } = printing({ isTerminal: true, environment: { NO_COLOR: '1' } });
    printer.print(step('build the image', 'begun'));
    shell.pass(3_600);
    expect(shell.shown('err')).toMatch(/K[|/\\-] +3 s {2}build the image$/);
    printer.print(step('build the image', 'done'));
    expect(shell.shown('err').endsWith('\r\u001b[K')).toBe(true);
    const before = shell.shown('err');
    shell.pass(60_000);
    expect(shell.shown('err')).toBe(before);
  });

  it('has the log of what lasts long on standard error, and the mark below it', () => {
    const { shell, printer } = printing({ isTerminal: true, environment: { NO_COLOR: '1' } });
    printer.print(step('build the image', 'begun'));
    printer.print({ kind: 'log', title: 'build the image', line: 'Step 1\u001b[2J' });
    expect(shell.shown('err')).toMatch(/Kbuild the image: Step 1 \[2J\n.* build the image$/);
    expect(shell.shown('out')).toBe('');
  });

  it('says so in lines where nothing can be written over, and not often', () => {
    const { shell, printer } = printing();
    printer.print(step('build the image', 'begun'));
    shell.pass(59_000);
    expect(shell.shown('err')).toBe(
      'still   20 s  build the image\nstill   40 s  build the image\n',
    );
  });

  it('shows the mark of what still goes on when another step ends', () => {
    const { shell, printer } = printing({ isTerminal: true, environment: { NO_COLOR: '1' } });
    printer.print(step('one', 'begun'));
    printer.print(step('two', 'begun'));
    shell.pass(500);
    expect(shell.shown('err')).toContain('one, and 1 more');
    printer.print(step('one', 'done'));
    expect(shell.shown('err')).toMatch(/0 s {2}two$/);
  });

  it('has colours on a terminal, and none where NO_COLOR says so, or it goes elsewhere', () => {
    const shown = (world: TestWorld): string => {
      const { shell, printer } = printing(world);
      printer.print(step('one', 'begun'));
      printer.print(step('one', 'done'));
      printer.result({ next: 'more.' });
      return shell.shown('out');
    };
    expect(shown({ isTerminal: true })).toContain('\u001b[32mdone  \u001b[0m');
    for (const world of [
      { isTerminal: true, environment: { NO_COLOR: '1' } },
      { isTerminal: true, environment: { TERM: 'dumb' } },
      {},
    ]) {
      expect(shown(world)).not.toContain('\u001b');
    }
    expect(shown({ isTerminal: true, environment: { NO_COLOR: '' } })).toContain('\u001b');
  });

  it('has nothing of what others wrote that a terminal would act on', () => {
    const { shell, printer } = printing();
    const evil = 'a\u001b]0;x\u0007\u202e\nb';
    printer.print(step(evil, 'done', evil));
    printer.print({ kind: 'note', text: evil });
    printer.result({ lines: [evil], next: evil });
    printer.fail(new Failure('GOOGLE_REFUSED', evil, { details: [evil], todo: evil }));
    const all = (shell.shown('out') + shell.shown('err')).replaceAll('\n', '');
    expect(all).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('of a dry run is each command in order, below what it is for', () => {
    const { shell, printer } = printing();
    const title = 'create queue drover-poll';
    const one = { tool: 'gcloud', args: ['tasks', 'queues', 'create', 'drover-poll'] } as const;
    const two = { tool: 'api', method: 'POST', url: 'https://x.test/', body: { a: 1 } } as const;
    printer.print({ kind: 'command', title, command: one, project: 'acme-drover' });
    printer.print({ kind: 'command', title, command: two, project: 'acme-drover' });
    expect(shell.shown('out')).toBe(
      `# ${title}\ngcloud tasks queues create drover-poll --project=acme-drover\nPOST https://x.test/ {"a":1}\n`,
    );
  });

  it('of an error is its code, what happened, what to do and where its page is', () => {
    const { shell, printer } = printing();
    printer.fail(new Failure('BILLING_OFF', 'It is off.', { details: ['words'], todo: 'Pay.' }));
    expect(shell.shown('err')).toBe(
      'BILLING_OFF: It is off.\n  words\nWhat to do: Pay.\nMore: docs/errors/BILLING_OFF.md\n',
    );
    expect(shell.shown('out')).toBe('');
  });

  it('ends with what to do next; where the result is a file, that is not in it', () => {
    const { shell, printer } = printing();
    printer.result({ lines: ['3 steps done'], next: '`drover deploy`.' });
    printer.result({ raw: 'resource {}\n', next: '`terraform plan`.' });
    expect(shell.shown('out')).toBe('3 steps done\nnext: `drover deploy`.\nresource {}\n');
    expect(shell.shown('err')).toBe('next: `terraform plan`.\n');
  });
});
