import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { eventually } from '../drover.ts';
import { endPrograms, startProgram, threePorts } from './program.ts';
import { agentFiles, projectWith, removeDirectories, withGithub } from './projects.ts';

// Each test starts processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });
afterEach(endPrograms);
afterAll(removeDirectories);

const built = join(repositoryRoot(), 'dist/infra/cli/main.js');

/** The command as a person types it in a directory. It knows nothing but where it is. */
async function drover(directory: string, ...args: string[]) {
  const child = spawn(process.execPath, [built, ...args], {
    cwd: directory,
    env: { PATH: '/nonexistent', HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const shown = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    shown.err += text;
  });
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  const last = shown.out.trimEnd().split('\n').at(-1) ?? '';
  return { exitCode, ...shown, json: () => JSON.parse(last) as { [field: string]: unknown } };
}

/** A local cloud that runs in its project's directory. */
async function running() {
  const directory = projectWith({
    'config.toml': withGithub,
    ...agentFiles('quick', '#!/bin/sh\ncase "$PROMPT" in *"issue 42"*) echo asked ;; esac\n'),
    ...agentFiles('slow', '#!/bin/sh\necho begun\nexec sleep 300\n'),
  });
  const port = await threePorts();
  const state = join(directory, 'elsewhere');
  const args = ['--project', directory, '--state', state, '--port', String(port), '--no-demo'];
  const program = startProgram(args);
  await program.said(/^Drover is up/m);
  return { directory, program, port };
}

describe('the command in the directory of a local cloud', () => {
  it('runs an agent, follows it, and explains it, with no address and no key', async () => {
    const { directory, port } = await running();
    const followed = await drover(directory, 'run', 'quick', 'Look at issue 42.', '-f');
    expect(followed).toMatchObject({ exitCode: 0, out: expect.stringContaining(' asked\n') });
    expect(followed.out).toContain('quick succeeded');
    const { runs = [] } = (await drover(directory, 'runs', 'ls', '--json')).json() as {
      runs?: { id: string; state: string }[];
    };
    expect(runs).toMatchObject([{ state: 'succeeded' }]);
    const run = runs[0]?.id ?? '';
    const explained = await drover(directory, 'runs', 'explain', run);
    expect(explained.out).toContain('why it    key:default asked for it\n');
    expect(explained.out).toMatch(/^running +\S+ +[\d,]+ /m);
    const logged = await drover(directory, 'logs', 'quick', '--lines', 'all', '--json');
    expect(logged.json()).toMatchObject({ event: 'result', run });
    const url = `http://127.0.0.1:${port}/control`;
    const elsewhere = projectWith({ 'config.toml': '' });
    const keyFile = join(directory, '.drover/credentials/gateway_api_key/default/key');
    const named = await drover(elsewhere, 'runs', 'get', run, '--url', url, '--key-file', keyFile);
    expect(named).toMatchObject({ exitCode: 0, out: expect.stringContaining('succeeded') });
  });

  it('pauses, resumes, kills and retries', async () => {
    const { directory } = await running();
    expect((await drover(directory, 'pause', '--why', 'a storm')).out).toContain('is paused');
    const status = await drover(directory, 'status');
    expect(status.out).toMatch(/^paused +since \S+ by key:default: a storm$/m);
    expect(status.out).toMatch(/^quick +0 +0$/m);
    const { run } = (await drover(directory, 'run', 'slow', '--json')).json() as { run: string };
    const waits = await drover(directory, 'runs', 'explain', run);
    expect(waits.out).toMatch(/the project is paused since \S+ by\s+key:default: a storm/);
    expect((await drover(directory, 'resume')).out).toContain('goes on');
    const following = drover(directory, 'logs', run, '-f');
    await eventually(async () => {
      const { out } = await drover(directory, 'logs', run);
      return out.includes(' begun\n') || undefined;
    }, 60_000);
    expect((await drover(directory, 'runs', 'kill', run)).exitCode).toBe(0);
    expect(await following).toMatchObject({
      exitCode: 3,
      out: expect.stringContaining('slow killed'),
    });
    expect((await drover(directory, 'runs', 'retry', run)).out).toMatch(
      /^slow-\w{8} is admitted\n/,
    );
  });

  it('is told that none runs once it has ended', async () => {
    const { directory, program } = await running();
    program.send('SIGTERM');
    await program.exited;
    expect(await drover(directory, 'runs', 'ls')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('PROJECT_MISSING: No local cloud runs in this directory'),
    });
  });
});
