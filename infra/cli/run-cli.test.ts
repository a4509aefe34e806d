import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CliCommand } from './command.ts';
import { commands } from './commands/index.ts';
import { Failure } from './errors.ts';
import { groups } from './groups.ts';
import { runCli } from './run-cli.ts';
import { directoryWith, projectFiles, removeDirectories } from './test-project.ts';
import { type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

async function run(args: readonly string[], world: TestWorld = {}, known = commands) {
  const shell = testShell(world);
  const outcome = await runCli(args, shell, known, '1.2.3');
  return { ...outcome, shell, out: shell.shown('out'), err: shell.shown('err') };
}

const acting = (act: CliCommand['act'], more: Partial<CliCommand> = {}): CliCommand => ({
  name: 'try',
  summary: 'Try it',
  act,
  ...more,
});

describe('a command line', () => {
  it('without a command shows all of them', async () => {
    const { exitCode, out, err } = await run([]);
    expect([exitCode, err]).toEqual([0, '']);
    for (const { name, summary } of commands) {
      const [word = '', ...rest] = name.split(' ');
      expect(out).toContain(`  ${word} `);
      const told = rest.length === 0 ? summary : groups[word];
      expect(out.replaceAll(/\s+/g, ' ')).toContain(told);
    }
  });

  it('asks for help and for the version, and nothing else is done', async () => {
    for (const args of [
      ['help', 'deploy'],
      ['deploy', '--help'],
    ]) {
      const { exitCode, out, err, shell } = await run(args);
      expect([exitCode, err, shell.asked]).toEqual([0, '', []]);
      expect(out).toContain('Usage: drover deploy');
    }
    expect(await run(['--version'])).toMatchObject({ exitCode: 0, out: '1.2.3\n' });
  });

  it.each([
    [['frob'], "Unknown command 'frob'"],
    [['deplo'], 'Did you mean deploy?'],
    [['deploy', '--trafic', '5'], 'Did you mean --traffic?'],
    [['deploy', '--traffic'], 'argument missing'],
    [['deploy', '--traffic', '100'], 'It is no whole number from 1 to 99.'],
    [['deploy', '--traffic', '1e1x'], 'It is no whole number from 1 to 99.'],
    [['deploy', '--traffic', '5', '--promote'], 'cannot be used with'],
    [['deploy', '--promote', '--rollback'], 'cannot be used with'],
    [['deploy', '--promote', '--function', 'poll'], 'Allowed choices are webhook, gateway'],
    [['status', 'now'], 'too many arguments'],
    [['dev', '--project', 'acme-drover'], "Unknown option '--project'"],
    [['--project', 'acme-drover', 'status'], "Unknown option '--project'"],
  ])('%j is refused with what is wrong, and changes nothing', async (args, wrong) => {
    const { exitCode, out, err, shell } = await run(args);
    expect([exitCode, out, shell.asked]).toEqual([2, '', []]);
    expect(err.toLowerCase()).toContain(wrong.toLowerCase());
    expect(err).toMatch(/^WRONG_COMMAND_LINE: [A-Z].*\n[\s\S]*More: docs\/errors\//);
    expect(err).not.toContain('error:');
  });

  it('that is wrong is told to a program as JSON where it asked for that', async () => {
    const { out, err } = await run(['frob', '--json']);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({ event: 'error', code: 'WRONG_COMMAND_LINE' });
  });

  it('gives every command the common options, but those that it has no use for', async () => {
    for (const { name, without = [] } of commands) {
      const { out } = await run([...name.split(' '), '--help']);
      for (const [option, flag] of [
        ['project', '--project <id>'],
        ['region', '--region <name>'],
        ['dryRun', '--dry-run'],
        ['json', '--json'],
      ] as const) {
        expect(out.includes(flag), `${name} ${flag}`).toBe(!without.includes(option));
      }
    }
  });
});

describe('a command', () => {
  it('ends with 3 where a check found something, and with 0 otherwise', async () => {
    const found = [acting(async () => ({ lines: ['one is off'], isFound: true }))];
    expect(await run(['try'], {}, found)).toMatchObject({ exitCode: 3, out: 'one is off\n' });
    const well = [acting(async () => ({ next: 'go on.' }))];
    expect(await run(['try'], {}, well)).toMatchObject({ exitCode: 0, out: 'next: go on.\n' });
  });

  it('that fails says so with its code, and ends with the exit code of that', async () => {
    const failing = (error: unknown) => [acting(() => Promise.reject(error))];
    expect(await run(['try'], {}, failing(new Failure('NOT_CONFIRMED')))).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/^NOT_CONFIRMED: /),
    });
    expect(await run(['try', '--json'], {}, failing(new TypeError('x')))).toMatchObject({
      exitCode: 1,
      err: '',
      out: expect.stringContaining('"code":"BUG"'),
    });
  });

  it('that is interrupted lets go of what it holds, and ends with 130', async () => {
    const shell = testShell();
    let didLetGo = false;
    const holding = acting(async ({ signal }) => {
      shell.interrupt();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      didLetGo = true;
      return signal.aborted ? Promise.reject(signal.reason) : {};
    });
    const { exitCode } = await runCli(['try'], shell, [holding], '1');
    expect([exitCode, didLetGo]).toEqual([130, true]);
    expect(shell.shown('err')).toMatch(/^COMMAND_INTERRUPTED: /);
  });

  it('that is interrupted while it asks does not wait for the answer', async () => {
    const shell = testShell();
    const world = { ...shell, ask: () => new Promise<undefined>(() => shell.interrupt()) };
    let didGiveUp = false;
    const asking = acting(({ shell: { ask } }) =>
      ask('Well? ').then(
        () => ({}),
        (why: unknown) => {
          didGiveUp = true;
          throw why;
        },
      ),
    );
    expect(await runCli(['try'], world, [asking], '1')).toMatchObject({ exitCode: 130 });
    expect(didGiveUp).toBe(true);
  });

  it('that hears signals itself is not interrupted, and says itself what came of it', async () => {
    const shell = testShell();
    const staying = acting(
      async () => {
        shell.interrupt();
        return { staysUp: true, lines: ['never told'] };
      },
      { hearsSignals: true },
    );
    expect(await runCli(['try'], shell, [staying], '1')).toEqual({ exitCode: 0, staysUp: true });
    expect(shell.shown('out')).toBe('');
  });
});

describe('drover init', () => {
  const signedIn = {
    'config list': { core: { account: 'octavia@acme.test' }, run: { region: 'europe-west1' } },
    'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
    'projects list': [{ projectId: 'acme-drover' }],
  };
  const two = {
    ...signedIn,
    'projects list': [{ projectId: 'one-two' }, { projectId: 'two-one' }],
  };

  it('asks nothing that it can find out, writes the file, and says what is next', async () => {
    const directory = directoryWith(projectFiles);
    const first = await run(['init'], { directory, gcloud: signedIn, typed: [] });
    expect(first).toMatchObject({ exitCode: 0, err: '' });
    expect(first.out).toContain('next: `drover provision --dry-run`');
    const text = readFileSync(join(directory, 'drover.toml'), 'utf8');
    expect(text).toContain('project = "acme-drover"\nregion = "europe-west1"\n');
    expect(text).toContain('operators = ["octavia@acme.test"]');
    const again = await run(['init'], { directory, gcloud: signedIn });
    expect(again.out).toMatch(/^same/);
    expect(readFileSync(join(directory, 'drover.toml'), 'utf8')).toBe(text);
  });

  it('asks for the project where there are several, and takes what is typed', async () => {
    const directory = directoryWith(projectFiles);
    const world = { directory, gcloud: two, typed: ['two-one'] };
    const { exitCode, err } = await run(['init'], world);
    expect([exitCode, err]).toEqual([0, expect.stringContaining('Projects: one-two, two-one\n')]);
    expect(readFileSync(join(directory, 'drover.toml'), 'utf8')).toContain('"two-one"');
  });

  it('asks nobody with --yes, and fails rather than choose a project', async () => {
    const directory = directoryWith(projectFiles);
    const { exitCode, err } = await run(['init', '--yes'], {
      directory,
      gcloud: two,
      typed: ['x'],
    });
    expect([exitCode, err]).toEqual([2, expect.stringMatching(/^PROJECT_MISSING: /)]);
    expect(existsSync(join(directory, 'drover.toml'))).toBe(false);
  });

  it('writes nothing for a project that Google does not know, or in a dry run', async () => {
    const directory = directoryWith(projectFiles);
    const refused =
      'ERROR: (gcloud.projects.describe) PERMISSION_DENIED: The caller does not have permission';
    const gcloud = { ...signedIn, 'projects describe': refused };
    const unknown = await run(['init'], { directory, gcloud });
    expect(unknown).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/^PROJECT_NOT_FOUND/),
    });
    const dry = await run(['init', '--dry-run'], { directory, gcloud: signedIn });
    expect(dry).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^would write [\s\S]*\nproject = "acme-drover"\n/),
    });
    expect(existsSync(join(directory, 'drover.toml'))).toBe(false);
  });

  it('works without gcloud where the project is named', async () => {
    const directory = directoryWith({});
    const args = ['init', '--project', 'acme-drover', '--region', 'europe-west4', '--json'];
    const { exitCode, out } = await run(args, { directory, gcloud: 'missing' });
    const [last = ''] = out.trim().split('\n').reverse();
    expect(exitCode).toBe(0);
    expect(JSON.parse(last)).toMatchObject({ project: 'acme-drover', isNew: true, isSame: false });
    expect(out).toContain('is no project that can run yet');
  });
});

describe('drover dev --dry-run', () => {
  it('says what would run, and what is wrong with the project', async () => {
    const directory = directoryWith(projectFiles);
    const { exitCode, out } = await run(['dev', '--dry-run', '--port', '41237'], { directory });
    expect([exitCode, out]).toEqual([0, expect.stringContaining('would run dev of ')]);
    const wrong = directoryWith({ 'config.toml': 'scale = "x"\n' });
    const refused = await run(['dev', '--dry-run'], { directory: wrong });
    expect(refused).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('config.toml:1: scale'),
    });
    const port = await run(['dev', '--port', 'x'], { directory });
    expect(port).toMatchObject({ exitCode: 2, err: expect.stringContaining('--port x') });
  });
});

describe('drover provision --dry-run', () => {
  it('prints what an empty project needs where nobody is signed in, and asks no API', async () => {
    const directory = directoryWith(projectFiles);
    const args = ['provision', '--dry-run', '--project', 'acme-drover'];
    const { exitCode, out, shell } = await run(args, { directory, gcloud: 'missing' });
    expect(exitCode).toBe(0);
    expect(shell.asked.filter((line) => !line.startsWith('gcloud '))).toEqual([]);
    const lines = out.split('\n').filter((line) => line.startsWith('gcloud '));
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.every((line) => line.includes(' --project=acme-drover'))).toBe(true);
    expect(out).toContain('drover-a-dev');
    expect(out).not.toContain('functions deploy');
    expect(out).not.toContain('scheduler jobs create');
    expect(out.trim().split('\n').at(-1)).toBe('next: `drover provision` does it.');
  });
});
