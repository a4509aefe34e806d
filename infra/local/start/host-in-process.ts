import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Hosted, Hosting } from './hosts.ts';

const program = fileURLToPath(new URL('../functions-process.js', import.meta.url));

/** Pause in ms before the successor of a process that died before it listened; after one that listened there is none. */
const pauseMs = 250;

/** Those that could not be started: they have no exit to wait for. */
const neverStarted = new WeakSet<ChildProcess>();

/**
 * Serves the functions in a process of their own, followed by another on the same port whenever it dies, as an instance of a
 * function is. While none is there, connections are refused.
 */
export async function hostInProcess(hosting: Hosting): Promise<Hosted> {
  let current = spawnFunctions(hosting);
  let stopped = false;
  if (!(await listens(current))) {
    throw new Error(`the functions' process ended early; ${hosting.logFile} says why`);
  }
  const keepUp = async (): Promise<void> => {
    for (let didListen = true; ; ) {
      await hasEnded(current);
      if (!(didListen || stopped)) await sleep(pauseMs);
      if (stopped) return;
      current = spawnFunctions(hosting);
      didListen = await listens(current);
    }
  };
  const kept = keepUp();
  return {
    stop: async () => {
      stopped = true;
      current.kill('SIGTERM');
      await kept;
    },
  };
}

/** The log is the process's own file: what it wrote is there, however it dies. One that cannot be started counts as ended. */
function spawnFunctions({ port, variables, logFile }: Hosting): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(process.execPath, [program, String(port)], {
      env: variables,
      stdio: ['ignore', log, log, 'ipc'],
    });
    child.once('error', () => neverStarted.add(child));
    return child;
  } finally {
    closeSync(log);
  }
}

/** Answers once it listens; with false, when it ended before. */
async function listens(child: ChildProcess): Promise<boolean> {
  const ready = once(child, 'message').then(
    () => true,
    () => false,
  );
  return Promise.race([ready, hasEnded(child).then(() => false)]);
}

async function hasEnded(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || neverStarted.has(child)) return;
  await once(child, 'exit').catch(() => {});
}
