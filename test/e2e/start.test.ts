import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { eventually } from '../drover.ts';
import {
  endPrograms,
  isAlive,
  outcomeOf,
  type Program,
  startProgram,
  threePorts,
} from './program.ts';
import {
  agentFiles,
  exampleProject,
  projectWith,
  removeDirectories,
  temporaryDirectory,
  withGithub,
} from './projects.ts';

// Each test starts processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 });
afterEach(endPrograms);
afterAll(removeDirectories);

/** Whether the agent image's entry point runs the agents: it does where what it calls is installed. */
const hasEntryPoint = ['curl', 'jq'].every(isInstalled);
const saidByEntryPoint = hasEntryPoint
  ? ['container starting', 'git HTTPS credential helper configured']
  : [];
/** Variables that it and its shell set, beside those of the job. */
const setByEntryPoint = hasEntryPoint
  ? ['AL_CONFIG_FILE', 'AL_PROMPT_FILE', 'AL_SIGNAL_DIR', 'OLDPWD', 'PWD']
  : [];

function isInstalled(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}

interface Up extends Program {
  port: number;
  state: string;
}

async function startOn(
  project: string,
  args: readonly string[] = [],
  environment: { [name: string]: string } = {},
): Promise<Up> {
  const port = await threePorts();
  const state = join(temporaryDirectory(), 'state');
  const own = ['--project', project, '--state', state, '--port', String(port), ...args];
  const program = startProgram(own, environment);
  await program.said(/^Drover is up/m);
  return { ...program, port, state };
}

/** A document or a collection, as the local console shows it. */
async function shown<T>({ port }: Up, path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port + 1}/${path}`);
  return (await answer.json()) as T;
}

const runs = (up: Up) => shown<{ [id: string]: Run }>(up, 'runs');

/** The one run of an agent, once it is over and cleaned up. */
function endOf(up: Up, agent: string): Promise<Run> {
  return eventually(async () =>
    Object.values(await runs(up)).find(
      (run) => run.agent === agent && isOver(run.state) && run.cleanedAt !== null,
    ),
  );
}

async function stop(up: Up, signal: NodeJS.Signals): Promise<void> {
  up.send(signal);
  // As npm does, which passes on what the terminal has sent to both.
  up.send(signal);
  expect(await up.exited).toEqual({ code: 0, signal: null });
}

describe('the first start', () => {
  it('shows a delivery on its whole way, stays up, runs the printed curl, and ends on Ctrl-C', async () => {
    const up = await startOn(exampleProject());
    await up.said(/stop with Ctrl-C/);
    const said = up.output();
    expect(said).toMatch(/^Drover is up after \d+ ms, on this machine only\.$/m);
    expect(said).toMatch(
      /answered 200 \{"ok":true,"matched":1,.*"runs":\{"triage":"triage-\w{8}"\}\}/,
    );
    const steps = said.match(/^ +\+\d+\.\d\d s {2}\w+/gm)?.map((line) => line.split(/ +/).at(-1));
    expect(steps).toEqual(['queued', 'launching', 'running', 'succeeded', 'cleaned']);
    for (const part of ['Firestore', 'Cloud Tasks', 'Secret Manager', 'Cloud Run', 'Pub/Sub']) {
      expect(said).toContain(part);
    }
    const logged = [...said.matchAll(/^ +log {8}(.*)$/gm)].map(([, text]) => text);
    expect(logged.slice(1)).toEqual([
      ...saidByEntryPoint,
      'credential github_token has 16 bytes',
      'issue #42: Crash when the herd is empty',
      'this is a bug',
      'run completed',
      'Container called exit(0).',
    ]);
    expect(said).toMatch(/status {5}issue #42 is a bug/);
    expect(said).toContain('triage succeeded: its container ended well');
    expect(said).toContain('it returned "bug"');
    expect(up.errors()).toBe('');

    const [curl = ''] = /^ +curl (?:.*\\\n)+.*$/m.exec(said) ?? [];
    const answer = execFileSync('sh', ['-c', curl.replace('curl ', 'curl -sS ')], {
      encoding: 'utf8',
    });
    expect(JSON.parse(answer)).toMatchObject({ ok: true, matched: 1 });
    await eventually(async () => {
      const all = Object.values(await runs(up));
      return all.length === 2 && all.every((run) => run.cleanedAt !== null);
    });
    const states = Object.values(await runs(up)).map((run) => run.state);
    expect(states).toEqual(['succeeded', 'succeeded']);
    expect(readdirSync(join(up.state, 'executions'))).toEqual([]);

    await stop(up, 'SIGINT');
    expect(up.errors()).toBe('');
  });

  it('goes on with what it had, and forgets nothing, when it is started again', async () => {
    const project = exampleProject();
    const first = await startOn(project);
    await first.said(/stop with Ctrl-C/);
    await stop(first, 'SIGTERM');
    const port = await threePorts();
    const args = [
      '--project',
      project,
      '--state',
      first.state,
      '--port',
      String(port),
      '--no-demo',
    ];
    const again = { ...startProgram(args), port, state: first.state };
    await again.said(/stop with Ctrl-C/);
    expect(again.output()).not.toContain('made a webhook secret');
    expect(Object.values(await runs(again)).map((run) => run.state)).toEqual(['succeeded']);
  });
});

describe('a signal', () => {
  it('ends it with its agents and their children while they run', async () => {
    const pids = join(temporaryDirectory(), 'pids');
    const script = `#!/bin/sh\nsleep 300 &\necho "$$ $!" > ${pids}.tmp\nmv ${pids}.tmp ${pids}\nwait\n`;
    const up = await startOn(
      projectWith({ 'config.toml': withGithub, ...agentFiles('long', script) }),
    );
    const running = await eventually(async () => {
      try {
        return readFileSync(pids, 'utf8').trim().split(' ').map(Number);
      } catch {
        return undefined;
      }
    });
    expect(running.map(isAlive)).toEqual([true, true]);
    await stop(up, 'SIGTERM');
    await eventually(async () => !running.some(isAlive));
    expect(readdirSync(join(up.state, 'executions'))).toEqual([]);
  });
});

describe('the options', () => {
  it('--no-demo sends nothing', async () => {
    const up = await startOn(exampleProject(), ['--no-demo']);
    await up.said(/stop with Ctrl-C/);
    expect(up.output()).not.toContain('POST');
    expect(await runs(up)).toEqual({});
  });

  it('--help explains itself', async () => {
    const { code, output, errors } = await outcomeOf(['--help']);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toContain('--tick-seconds');
  });

  it('one that there is not is refused with the usage', async () => {
    const { code, output, errors } = await outcomeOf(['--prot', '1']);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toMatch(/Unknown option '--prot'[\s\S]*Usage: npm start/);
  });
});

describe('what cannot start says why, without a stack trace', () => {
  it('a project with problems: all of them at once, with file, line and field', async () => {
    const project = projectWith({
      'config.toml': '[webhooks.github]\ntype = "github"\nsercet = "x"\n',
      'agents/Good/SKILL.md': '',
      'agents/one/SKILL.md': 'One.',
      'agents/one/config.toml': 'timeot = 3\nscale = "two"\n[[webhooks]]\nsource = "gitlab"\n',
      'agents/two/SKILL.md': 'Two.',
      'agents/two/config.toml': 'scale = \n',
    });
    const { code, output, errors } = await outcomeOf(['--project', project]);
    expect([code, output]).toEqual([1, '']);
    for (const start of [
      'config.toml:3: webhooks.github.sercet: unknown field',
      'agents/Good: not an agent name',
      'agents/one/config.toml:1: timeot: unknown field',
      'agents/one/config.toml:2: scale: ',
      'agents/two/config.toml:2: not TOML',
    ]) {
      expect(
        errors.split('\n').some((line) => line.startsWith(start)),
        start,
      ).toBe(true);
    }
    expect(errors).not.toMatch(/^ +at /m);
  });

  it('a directory that is not there', async () => {
    const { code, errors } = await outcomeOf(['--project', '/nonexistent/herd']);
    expect(code).toBe(1);
    expect(errors).toContain('/nonexistent/herd: no such directory');
  });

  it.each([0, 1, 2])('a port in use (the first and %i)', async (offset) => {
    const port = await threePorts();
    const other = createServer().listen(port + offset, '127.0.0.1');
    const state = join(temporaryDirectory(), 'state');
    const args = ['--project', exampleProject(), '--state', state, '--port', String(port)];
    const { code, output, errors } = await outcomeOf(args);
    other.close();
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(new RegExp(`^port ${port + offset} is in use\\. .*--port`));
    expect(errors).not.toMatch(/^ +at /m);
  });

  it('a state directory that another start is using', async () => {
    const project = exampleProject();
    const up = await startOn(project, ['--no-demo']);
    await up.said(/stop with Ctrl-C/);
    const port = await threePorts();
    const args = ['--project', project, '--state', up.state, '--port', String(port)];
    const { code, output, errors } = await outcomeOf(args);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(new RegExp(`is held by process ${up.pid}\\b.*stop it first`));
    expect(errors).not.toMatch(/^ +at /m);
    expect(await runs(up)).toEqual({});
  });
});

describe('an agent', () => {
  it('gets the documented variables and nothing of this machine', async () => {
    const print = `#!/usr/bin/env node
const names = Object.keys(process.env).sort();
console.log(JSON.stringify({ names, task: process.env.CLOUD_RUN_TASK_INDEX, home: process.env.HOME === process.cwd() }));
`;
    const project = projectWith({
      'config.toml': withGithub,
      '.drover/credentials/token/default/token': 'x',
      ...agentFiles('plain', print, 'credentials = ["token"]'),
    });
    const up = await startOn(project, [], { SECRET_OF_MINE: '1', NODE_OPTIONS: '', LANG: 'C' });
    const { state } = await endOf(up, 'plain');
    expect(state).toBe('succeeded');
    const [, printed = '{}'] = await up.said(/log +(\{"names".*)$/m);
    expect(JSON.parse(printed)).toEqual({
      names: [
        'AGENT_CONFIG',
        'AL_AGENT',
        'AL_CREDENTIALS_PATH',
        'AL_RUN_ID',
        'CLOUD_RUN_EXECUTION',
        'CLOUD_RUN_JOB',
        'CLOUD_RUN_TASK_ATTEMPT',
        'CLOUD_RUN_TASK_COUNT',
        'CLOUD_RUN_TASK_INDEX',
        'GATEWAY_URL',
        'HOME',
        'PATH',
        'PROMPT',
        'SHUTDOWN_SECRET',
        'TIMEOUT_SECONDS',
        'TMPDIR',
        'TRACEPARENT',
        'traceparent',
        ...setByEntryPoint,
      ].sort(),
      task: '0',
      home: true,
    });
  });

  it("with Action Llama's test-script.sh runs it", async () => {
    const { 'agents/old/run.sh': _none, ...files } = agentFiles('old', '');
    const script = 'echo "hello from a script"\nexit 15\n';
    const project = projectWith({
      'config.toml': withGithub,
      ...files,
      'agents/old/test-script.sh': script,
    });
    const up = await startOn(project);
    await up.said(/log +hello from a script/);
    expect(await endOf(up, 'old')).toMatchObject({ state: 'failed', exitCode: 15 });
  });

  it('whose run.sh is not executable is run by the shell', async () => {
    const project = projectWith({ 'config.toml': withGithub, ...agentFiles('shy', 'exit 3\n') });
    chmodSync(join(project, 'agents/shy/run.sh'), 0o644);
    const up = await startOn(project);
    expect(await endOf(up, 'shy')).toMatchObject({ state: 'failed', exitCode: 3 });
  });

  it('without a program is pointed out, and its run says that there is no image', async () => {
    const { 'agents/bare/run.sh': _none, ...files } = agentFiles('bare', '');
    const up = await startOn(projectWith({ 'config.toml': withGithub, ...files }));
    await up.said(/note +agents\/bare has no run\.sh, no test-script\.sh and no model/);
    expect(await endOf(up, 'bare')).toMatchObject({ state: 'failed', reason: 'image_not_found' });
  });

  it('whose credential is missing is pointed out with its place, and its run says so', async () => {
    const config = 'credentials = ["github_token:bot"]';
    const files = agentFiles('poor', '#!/bin/sh\n', config);
    const up = await startOn(projectWith({ 'config.toml': withGithub, ...files }));
    await up.said(
      /note +credential github_token:bot is missing: .*\.drover\/credentials\/github_token\/bot\/<field>/,
    );
    await up.said(/stop with Ctrl-C/);
    expect(up.output()).toMatch(/\+\d+\.\d\d s {2}failed {5}credential github_token:bot is not in/);
    expect(await endOf(up, 'poor')).toMatchObject({
      state: 'failed',
      reason: 'credential_missing',
    });
  });

  it('that asks for other events is shown with the filters that failed', async () => {
    const files = agentFiles('picky', '#!/bin/sh\n');
    files['agents/picky/config.toml'] =
      '[[webhooks]]\nsource = "github"\nevents = ["push"]\nrepos = ["acme/barn"]\n';
    const up = await startOn(projectWith({ 'config.toml': withGithub, ...files }));
    await up.said(/stop with Ctrl-C/);
    expect(up.output()).toMatch(
      /picky: events: wanted push, found issues; repos: wanted acme\/barn/,
    );
  });
});

it('a project without webhook sources comes up, and says that there is no example to send', async () => {
  const up = await startOn(projectWith({ 'agents/alone/SKILL.md': 'Alone.' }));
  await up.said(/stop with Ctrl-C/);
  expect(up.output()).toContain('no GitHub source under [webhooks]');
  expect(up.output()).not.toMatch(/curl http\S+\/webhooks/);
});
