import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionName } from '../../infra/resources.ts';
import { freePort } from '../drover.ts';
import type { FirstRequest } from './requests.ts';

/** How one function is started as a process of its own. */
export interface Start {
  name: FunctionName;
  /** Where it is installed. */
  directory: string;
  node: string;
  environment: { readonly [variable: string]: string };
  /** Flags of Node's. */
  flags?: readonly string[];
}

/** How its first request was answered. */
export interface FirstAnswer {
  status: number;
  text: string;
  /** From its spawning to its answer, in ms. */
  tookMs: number;
  /** Processor time of all its threads until then, in ms; undefined where it cannot be read. */
  cpuMs: number | undefined;
  /** What the process printed. */
  log: string;
}

const patienceMs = 30_000;

/**
 * Starts a function as the image does that the buildpack makes: the framework's program in the uploaded directory, with the
 * function's name in its environment. Asks until somebody listens, and ends it.
 */
export async function startAndAsk(
  { name, directory, node, environment, flags = [] }: Start,
  { path, ...request }: FirstRequest,
): Promise<FirstAnswer> {
  const port = await freePort();
  let log = '';
  const spawned = performance.now();
  const child = spawn(
    node,
    [...flags, 'node_modules/.bin/functions-framework', `--target=${name}`],
    {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        NODE_ENV: 'production',
        PORT: String(port),
        FUNCTION_TARGET: name,
        FUNCTION_SIGNATURE_TYPE: 'http',
        ...environment,
      },
    },
  );
  const hear = (chunk: Buffer): void => {
    log += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const gone = once(child, 'exit');
  try {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, request).catch(
        () => undefined,
      );
      if (response) {
        const text = await response.text();
        const tookMs = performance.now() - spawned;
        return { status: response.status, text, tookMs, cpuMs: cpuMsOf(child.pid), log };
      }
      if (child.exitCode !== null || performance.now() - spawned > patienceMs) {
        throw new Error(`${name} did not start: ${log}`);
      }
      await sleep(3);
    }
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}

/** From the scheduler's own account, in ns a thread (Documentation/scheduler/sched-stats.rst). */
function cpuMsOf(pid: number | undefined): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const ns = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    return ns.reduce((sum, each) => sum + each, 0) / 1e6;
  } catch {
    return undefined;
  }
}
