import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { eventually } from '../drover.ts';

/** The built start, as `npm start` runs it. */
const built = join(repositoryRoot(), 'dist/infra/local/start/main.js');

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One start in a process of its own. */
export interface Program {
  pid: number;
  /** What it printed so far, on stdout. */
  output(): string;
  /** What it printed so far, on stderr. */
  errors(): string;
  /** The first match in its output, once it is there. Throws with the whole output when it ends or time runs out. */
  said(pattern: RegExp, patienceMs?: number): Promise<RegExpExecArray>;
  send(signal: NodeJS.Signals): void;
  exited: Promise<Exit>;
}

/** The machine may be busy with other tests. */
const usualPatienceMs = 45_000;

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts it. `environment` is added to as little of this process's own as a program needs. */
export function startProgram(
  args: readonly string[],
  environment: { [name: string]: string } = {},
): Program {
  if (!existsSync(built))
    throw new Error(`${built} is missing: these tests need the build, run tsc`);
  const child = spawn(process.execPath, [built, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  let over: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      over = { code, signal };
      alive.delete(child);
      resolve(over);
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the start could not be spawned');
  return {
    pid,
    output: () => output,
    errors: () => errors,
    said: (pattern, patienceMs = usualPatienceMs) =>
      eventually(async () => {
        const found = pattern.exec(output);
        if (!found && over)
          throw new Error(`it ended: ${JSON.stringify(over)}\n${output}${errors}`);
        return found ?? undefined;
      }, patienceMs).catch((cause: unknown) => {
        throw new Error(`it did not say ${pattern}\n${output}${errors}`, { cause });
      }),
    send: (signal) => void child.kill(signal),
    exited,
  };
}

/** Ends what a failed test left running. */
export async function endPrograms(): Promise<void> {
  const ending = [...alive].map((child) => {
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    return closed;
  });
  await Promise.all(ending);
}

/** A start that answers without staying up. */
export async function outcomeOf(
  args: readonly string[],
): Promise<Exit & { output: string; errors: string }> {
  const program = startProgram(args);
  const exit = await program.exited;
  return { ...exit, output: program.output(), errors: program.errors() };
}

let next = 20_000 + Math.floor(Math.random() * 11_000);

/** The first of three ports in a row that were free a moment ago, below those that the system hands out by itself. */
export async function threePorts(): Promise<number> {
  for (;;) {
    const first = next;
    next = next + 3 > 31_990 ? 20_000 : next + 3;
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (free.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Whether a process with this id is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
