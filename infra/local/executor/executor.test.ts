import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore, type Store } from '../engines/engine.ts';
import type { LogEntry } from '../engines/log-entry.ts';
import type { Exited, RunAction } from '../engines/run/index.ts';
import { createExecutor, type Executor, type ExecutorOptions } from './executor.ts';
import { startTime } from './processes.ts';

const execution = 'projects/demo/locations/europe-west1/jobs/triage/executions/triage-a1';
const linux = process.platform === 'linux';

function starting(script: string, more: Partial<Extract<RunAction, { kind: 'start' }>> = {}) {
  return {
    kind: 'start' as const,
    execution,
    attempt: 0,
    image: 'sh',
    command: [],
    args: ['-c', script],
    labels: {},
    env: {},
    files: [],
    timeoutSeconds: 60,
    ...more,
  };
}

describe('the executor', () => {
  let directory: string;
  let store: Store;
  let entries: LogEntry[];
  let executors: Executor[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'drover-executor-'));
    store = memoryStore();
    entries = [];
    executors = [];
  });
  afterEach(async () => {
    await Promise.all(executors.map((one) => one.close()));
    await rm(directory, { recursive: true, force: true });
  });

  function create(more: Partial<ExecutorOptions> = {}): Executor {
    const executor = createExecutor({
      directory,
      command: (image) => (image === 'sh' ? { file: '/bin/sh', directory } : undefined),
      emit: (entry) => void entries.push(entry),
      now: Date.now,
      store,
      ...more,
    });
    executors.push(executor);
    return executor;
  }

  /** Performs `action`; answers when it was reported on. */
  function run(executor: Executor, action: RunAction): Promise<Exited | { refused: string }> {
    return new Promise((done) => {
      executor.perform(action, {
        started: () => {},
        exited: (_, how) => done(how),
        couldNotStart: (_, refused) => done({ refused }),
      });
    });
  }

  const output = (): string[] =>
    entries.map(({ payload }) => ('text' in payload ? payload.text : JSON.stringify(payload)));
  const eventually = async <T>(ask: () => T | undefined): Promise<T> => {
    for (let left = 500; left > 0; left -= 1) {
      const answer = ask();
      if (answer !== undefined) return answer;
      await new Promise((done) => setTimeout(done, 10));
    }
    throw new Error('it never came about');
  };
  const printed = (name: string) =>
    eventually(() => {
      const line = output().find((text) => text.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    });
  /** Whether the process runs: not gone, and no zombie. */
  const alive = (pid: number): boolean => startTime(pid) !== undefined;
  const gone = (pid: number) => eventually(() => (alive(pid) ? undefined : true));

  it("gives a container the job's environment and nothing of its own", async () => {
    process.env.DROVER_TEST_LEAK = 'leak';
    const found = await run(
      create(),
      starting('env', { env: { A: '1', HOME: '/elsewhere', EMPTY: '' } }),
    ).finally(() => {
      delete process.env.DROVER_TEST_LEAK;
    });
    expect(found).toEqual({ exitCode: 0 });
    const variables = Object.fromEntries(
      output()
        .map((line) => line.split(/=(.*)/s))
        // What a shell adds by itself.
        .filter(([name = '']) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)),
    );
    expect(variables).toEqual({
      A: '1',
      EMPTY: '',
      CLOUD_RUN_JOB: 'triage',
      CLOUD_RUN_EXECUTION: 'triage-a1',
      CLOUD_RUN_TASK_INDEX: '0',
      CLOUD_RUN_TASK_ATTEMPT: '0',
      CLOUD_RUN_TASK_COUNT: '1',
      HOME: expect.stringContaining(directory),
      TMPDIR: expect.stringContaining(directory),
      PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    });
  });

  it('runs in a private directory that only its owner can enter, and removes it', async () => {
    const files = [
      { directory: '/credentials/a/b', name: 'token', content: Buffer.from('x\0y'), mode: 0o444 },
      { directory: '/etc/agent', name: 'config', content: Buffer.from('c'), mode: 0o400 },
    ];
    const script = `ls -ld "$HOME" "$TMPDIR" "$AL_CREDENTIALS_PATH/a/b" | cut -c1-10
      ls -l "$AL_CREDENTIALS_PATH/a/b/token" | cut -c1-10
      wc -c < "$AL_CREDENTIALS_PATH/a/b/token" | tr -d ' '
      cat "$AL_CREDENTIALS_PATH/../etc/agent/config"; echo; [ "$PWD" = "$HOME" ] && echo home
      touch "$TMPDIR/left" "$HOME/left"`;
    await run(create(), starting(script, { files }));
    expect(output()).toEqual([
      'drwx------',
      'drwx------',
      'drwx------',
      '-r--------',
      '3',
      'c',
      'home',
    ]);
    expect(await readdir(directory)).toEqual([]);
    expect(store.entries('executor.processes')).toEqual([]);
  });

  it("runs the image's program with its arguments, unless the job has its own", async () => {
    const executor = create({
      command: () => ({ file: 'bin/agent', args: ['default'], directory: '/nowhere' }),
    });
    expect(await run(executor, starting('', { args: [] }))).toMatchObject({
      refused: expect.stringContaining('/nowhere/bin/agent'),
    });
    await run(executor, starting('', { command: ['echo', 'a'], args: ['b'] }));
    expect(output()).toEqual(['a b']);
  });

  it('says that an image is missing, and leaves nothing of a start that failed', async () => {
    const executor = create();
    expect(await run(executor, starting('', { image: 'none' }))).toEqual({
      refused: "Image 'none' not found.",
    });
    const twice = { directory: '/c', name: 'a', content: Buffer.from(''), mode: 0o400 };
    expect(await run(executor, starting('', { files: [twice, twice] }))).toMatchObject({
      refused: expect.stringContaining('EEXIST'),
    });
    expect(await readdir(directory)).toEqual([]);
    expect(store.entries('executor.started')).toEqual([]);
  });

  it('keeps the order of a stream and of what it makes of JSON lines, with ids that sort', async () => {
    await run(
      create(),
      starting(`i=0; while [ $i -lt 50 ]; do i=$((i + 1)); echo '{"n":'$i',"level":"warn"}'; done`),
    );
    expect(entries.map(({ payload }) => payload)).toEqual(
      Array.from({ length: 50 }, (_, index) => ({ json: { n: index + 1, level: 'warn' } })),
    );
    expect(entries[0]).toMatchObject({
      logName: 'projects/demo/logs/run.googleapis.com%2Fstdout',
      severity: 'WARNING',
    });
    const ids = entries.map(({ insertId }) => insertId);
    expect([...new Set(ids)].sort()).toEqual(ids);
  });

  it('does not let a line overwrite a label of the job or of Cloud Run', async () => {
    const forged = JSON.stringify({
      'logging.googleapis.com/labels': {
        run: 'another',
        'run.googleapis.com/execution_name': 'another',
        own: 'kept',
      },
      a: 1,
    });
    await run(create(), starting(`echo '${forged}'`, { labels: { run: 'triage-1' } }));
    expect(entries[0]?.labels).toMatchObject({
      run: 'triage-1',
      'run.googleapis.com/execution_name': 'triage-a1',
      own: 'kept',
    });
  });

  it('kills what a container left in the background, and reports after its last line', async () => {
    const script = `(trap '' TERM HUP; while :; do sleep 0.05; done) & echo "left $!"; exit 7`;
    expect(await run(create(), starting(script))).toEqual({ exitCode: 7 });
    await gone(await printed('left'));
  });

  it.skipIf(!linux || !existsSync('/usr/bin/setsid'))(
    'kills what left the process group, where /proc shows it',
    async () => {
      const script = `setsid sh -c 'echo "left $$"; exec sleep 60' & sleep 0.2; exit 0`;
      expect(await run(create(), starting(script))).toEqual({ exitCode: 0 });
      await gone(await printed('left'));
    },
  );

  it('sends signals to the whole group', async () => {
    const executor = create();
    const ended = run(executor, starting('sleep 60 & echo "left $!"; wait'));
    const left = await printed('left');
    executor.perform(
      { kind: 'signal', execution, signal: 'SIGTERM' },
      { started: () => {}, exited: () => {}, couldNotStart: () => {} },
    );
    expect(await ended).toEqual({ signal: 15 });
    await gone(left);
  });

  it('kills everything when it is closed, and reports nothing', async () => {
    const executor = create();
    const reports: string[] = [];
    executor.perform(starting('echo "self $$"; exec sleep 60'), {
      started: () => reports.push('started'),
      exited: () => reports.push('exited'),
      couldNotStart: () => reports.push('could not start'),
    });
    const pid = await printed('self');
    await executor.close();
    expect(alive(pid)).toBe(false);
    expect(reports).toEqual(['started']);
    expect(await readdir(directory)).toEqual([]);
  });

  it('records what it started, in order, and goes on with the record', async () => {
    const before = Date.now();
    await run(create(), starting('exit 0'));
    await run(create(), starting('exit 0', { attempt: 1 }));
    const rows = store.entries('executor.started').map(([, row]) => row);
    expect(rows).toEqual([
      { execution, attempt: 0, at: expect.any(Number) },
      { execution, attempt: 1, at: expect.any(Number) },
    ]);
    for (const row of rows) expect((row as { at: number }).at).toBeGreaterThanOrEqual(before);
  });

  it('ends what an earlier one left, with its credentials', async () => {
    const files = [{ directory: '/c', name: 'a', content: Buffer.from('x'), mode: 0o400 }];
    const ended = run(create(), starting('sleep 60 & echo "left $!"; wait', { files }));
    const left = await printed('left');
    expect(await readdir(directory)).toHaveLength(1);
    create();
    expect(await readdir(directory)).toEqual([]);
    expect(store.entries('executor.processes')).toEqual([]);
    expect(await ended).toEqual({ signal: 9 });
    await gone(left);
  });

  it('leaves alone a process that only has the number of one it started', async () => {
    const stranger = spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore' });
    const pid = stranger.pid ?? 0;
    try {
      store.put('executor.processes', execution, {
        directory: join(directory, 'old'),
        pid,
        start: 'another time',
      });
      create();
      expect(alive(pid)).toBe(true);
      expect(store.entries('executor.processes')).toEqual([]);
    } finally {
      process.kill(-pid, 'SIGKILL');
    }
  });
});
