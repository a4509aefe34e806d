import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Shell } from './shells.ts';

/** Where the image's files are. */
export const image = fileURLToPath(new URL('../../infra/agent-image/', import.meta.url));

const systemPath = process.env.PATH ?? '/usr/bin:/bin';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** What it has printed so far. */
  printed(): string;
  over: Promise<Ran>;
}

interface Options {
  args?: readonly string[];
  /** Everything that it has of an environment, beside PATH. */
  env?: { [name: string]: string };
  stdin?: string | Buffer;
  /** A directory before the others of PATH. */
  path?: string;
}

/** Starts a script of the image under a shell, in an environment of its own. */
export function startScript(shell: Shell, script: string, options: Options = {}): Running {
  const { args = [], env = {}, stdin = '', path } = options;
  const [file, ...first] = shell.command;
  const child = spawn(file, [...first, `${image}${script}`, ...args], {
    env: { PATH: path === undefined ? systemPath : `${path}:${systemPath}`, ...env },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // One that does not read its input may be gone before it has all of it.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const printed = () => Buffer.concat(out).toString();
  const over = new Promise<Ran>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) =>
      done({ code, stdout: printed(), stderr: Buffer.concat(err).toString() }),
    );
  });
  return { child, printed, over };
}

/** Runs a script of the image to its end. */
export function runScript(shell: Shell, script: string, options: Options = {}): Promise<Ran> {
  return startScript(shell, script, options).over;
}
