import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Ran, type Running, startScript } from './run-script.ts';
import type { Shell } from './shells.ts';

/** A log line of the agent contract. */
export type LogLine = { msg: string; level: string; [field: string]: unknown };

/** What a container has: directories of its own, and the environment of its job. */
export interface Container {
  directory: string;
  /** Its temporary directory, which is its home as well. */
  scratch: string;
  /** The agent's own files. */
  write(path: string, text: string, mode?: number): Promise<void>;
  read(path: string): Promise<string>;
  start(env?: { [name: string]: string }): Running;
  run(env?: { [name: string]: string }): Promise<Ran>;
  remove(): Promise<void>;
}

/** A container that is none: the entry point in a private directory. Paths are below that directory. */
export async function makeContainer(shell: Shell): Promise<Container> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'drover-container-')));
  const scratch = join(directory, 'tmp');
  for (const part of ['tmp', 'static', 'credentials', 'bin']) await mkdir(join(directory, part));
  const started: Running[] = [];
  const start = (env: { [name: string]: string } = {}): Running => {
    const running = startScript(shell, 'entrypoint.sh', {
      args: [join(directory, 'static')],
      path: join(directory, 'bin'),
      env: {
        TMPDIR: scratch,
        AL_CREDENTIALS_PATH: join(directory, 'credentials'),
        AL_RETRY_SECONDS: '',
        AL_BACKOFF_SECONDS: '0',
        ...env,
      },
    });
    started.push(running);
    return running;
  };
  return {
    directory,
    scratch,
    write: async (path, text, mode = 0o644) => {
      const file = join(directory, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      await chmod(file, mode);
    },
    read: (path) => readFile(join(directory, path), 'utf8'),
    start,
    run: (env) => start(env).over,
    remove: async () => {
      // One that its test has given up still ends what it has started.
      for (const { child } of started) child.kill('SIGTERM');
      await Promise.all(started.map(({ over }) => over));
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    },
  };
}

/** The log lines of an output; what is none is left out. */
export function logLines(stdout: string): LogLine[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith('{"_log":true,')) return [];
    const { _log, ts, ...rest } = JSON.parse(line) as LogLine;
    return typeof ts === 'number' ? [rest] : [];
  });
}

/** The fields of the lines with this message. */
export function logged(stdout: string, message: string): { [field: string]: unknown }[] {
  return logLines(stdout).flatMap(({ msg, level, ...fields }) => (msg === message ? [fields] : []));
}

/** Whether `printed` comes to hold `text`; throws when it does not, in time enough for any machine. */
export async function untilPrinted(running: Running, text: string): Promise<void> {
  for (let left = 2000; left > 0; left -= 1) {
    if (running.printed().includes(text)) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`never printed: ${text}; but: ${running.printed()}`);
}
