import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Exited } from '../engines/run/index.ts';
import { lines } from './lines.ts';
import { killByEnvironment, signalGroup } from './processes.ts';

/** How long a container's output is waited for once it has exited and all that it left behind was killed, in ms. */
const drainMs = 2000;

export interface Program {
  file: string;
  args: readonly string[];
  cwd: string;
  env: { [name: string]: string };
  /** `NAME=value` of `env` that no other process has. */
  mark: string;
}

export interface Listener {
  /** One line, or a piece of one that is too long for an entry. */
  line(stream: 'stdout' | 'stderr', text: string, partial: boolean): void;
  spawned(): void;
  /** After the last line. */
  ended(how: Exited): void;
  failed(message: string): void;
}

export interface Child {
  pid: number | undefined;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Runs a program as leader of its own process group; what it leaves in the background dies with it. */
export function runChild(program: Program, listener: Listener): Child {
  const child = spawn(program.file, program.args, {
    cwd: program.cwd,
    env: program.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const flush = [attach(child, 'stdout', listener), attach(child, 'stderr', listener)];
  let drain: NodeJS.Timeout | undefined;

  child.once('spawn', listener.spawned);
  child.once('error', (error) => {
    if (pid === undefined) listener.failed(error.message);
  });
  child.once('exit', () => {
    if (pid === undefined) return;
    signalGroup(pid, 'SIGKILL');
    killByEnvironment(program.mark);
    drain = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, drainMs);
  });
  child.once('close', (code, signal) => {
    clearTimeout(drain);
    if (pid === undefined) return;
    for (const end of flush) end();
    listener.ended(signal ? { signal: constants.signals[signal] } : { exitCode: code ?? 0 });
  });
  return {
    pid,
    signal: (signal) => {
      if (pid !== undefined && child.exitCode === null && child.signalCode === null)
        signalGroup(pid, signal);
    },
  };
}

/** Sends the lines of a stream to `listener`; answers with what flushes the last one. */
function attach(child: ChildProcess, stream: 'stdout' | 'stderr', listener: Listener): () => void {
  const cut = lines((text, partial) => listener.line(stream, text, partial));
  child[stream]?.on('data', (chunk: Buffer) => cut.push(chunk));
  return () => cut.end();
}
