import { describe, expect, it } from 'vitest';
import type { CliCommand } from './command.ts';
import { commands } from './commands/index.ts';
import { groups } from './groups.ts';
import { runCli } from './run-cli.ts';
import { testShell } from './test-shell.ts';

/** A command that notes what it was given. */
function noting(name: string, define: NonNullable<CliCommand['define']>) {
  const given: unknown[] = [];
  const command: CliCommand = {
    name,
    summary: 'Note what it is given',
    define,
    act: async (_session, options) => {
      given.push(options);
      return {};
    },
  };
  return { command, given };
}

async function run(args: readonly string[], all: readonly CliCommand[]) {
  const shell = testShell();
  const { exitCode } = await runCli(args, shell, all, '1');
  return { exitCode, out: shell.shown('out'), err: shell.shown('err') };
}

describe('a command of a group', () => {
  it('is given its arguments by their names, beside its options', async () => {
    const { command, given } = noting('runs kill', (each) => {
      each.argument('<run>').argument('[other-runs...]').option('--why <text>');
    });
    expect((await run(['runs', 'kill', 'a', 'b', 'c', '--why', 'd'], [command])).exitCode).toBe(0);
    expect((await run(['runs', 'kill', 'a'], [command])).exitCode).toBe(0);
    expect(given).toMatchObject([{ run: 'a', otherRuns: ['b', 'c'], why: 'd' }, { run: 'a' }]);
  });

  it('is asked for where only its group is named', async () => {
    const { command, given } = noting('runs kill', () => undefined);
    const other = noting('runs ls', () => undefined).command;
    for (const args of [['runs'], ['runs', '--json']]) {
      const { exitCode, out, err } = await run(args, [command, other]);
      expect(exitCode).toBe(2);
      expect(out + err).toMatch(/WRONG_COMMAND_LINE/);
    }
    const { err } = await run(['runs'], [command, other]);
    expect(err).toContain('What to do is missing: one of kill, ls.');
    expect(err).toContain('drover runs --help');
    expect((await run(['runs', 'kil'], [command, other])).err).toContain('Did you mean kill?');
    expect(given).toEqual([]);
  });

  it('refuses what it has no argument for', async () => {
    const { command, given } = noting('runs kill', (each) => void each.argument('<run>'));
    for (const args of [
      ['runs', 'kill'],
      ['runs', 'kill', 'a', 'b'],
    ]) {
      expect((await run(args, [command])).exitCode).toBe(2);
    }
    expect(given).toEqual([]);
  });
});

describe('the groups', () => {
  it('each say what they are about, and none is empty', () => {
    const used = commands.flatMap(({ name }) => (name.includes(' ') ? name.split(' ')[0] : []));
    expect([...new Set(used)].sort()).toEqual(Object.keys(groups).sort());
    for (const about of Object.values(groups)) expect(about).toMatch(/^[A-Z].*[^.]$/);
  });
});
