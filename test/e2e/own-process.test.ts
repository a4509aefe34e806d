import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { eventually } from '../drover.ts';
import { endPrograms, isAlive, type Program, startProgram, threePorts } from './program.ts';
import { exampleProject, removeDirectories, temporaryDirectory } from './projects.ts';

afterAll(async () => {
  await endPrograms();
  removeDirectories();
});

interface Up {
  program: Program;
  base: string;
  /** The processes that the functions have had, in order. */
  pids(): number[];
}

async function startWithOwnProcess(): Promise<Up> {
  const state = join(temporaryDirectory(), 'state');
  const port = await threePorts();
  const project = exampleProject();
  const args = ['--project', project, '--state', state, '--port', String(port), '--no-demo'];
  const program = startProgram([...args, '--own-process']);
  await program.said(/^Drover is up/m);
  const pids = (): number[] => {
    const file = join(state, 'functions.log');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return [...text.matchAll(/"functions up","pid":(\d+)/g)].map(([, pid]) => Number(pid));
  };
  return { program, base: `http://127.0.0.1:${port}`, pids };
}

/** The status of the gateway's health, or why there was no answer. */
async function healthOf(base: string): Promise<number | string> {
  try {
    return (await fetch(`${base}/gateway/health`)).status;
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? String(error);
  }
}

it('functions in a process of their own are followed by others on the same port when it is killed', async () => {
  const { program, base, pids } = await startWithOwnProcess();
  expect(await healthOf(base)).toBe(200);
  const [first = 0] = pids();
  expect(first).not.toBe(program.pid);
  process.kill(first, 'SIGKILL');
  await eventually(async () => !isAlive(first));
  await eventually(async () => pids().length === 2, 45_000);
  expect(await healthOf(base)).toBe(200);
  expect(isAlive(program.pid)).toBe(true);

  program.send('SIGTERM');
  expect(await program.exited).toEqual({ code: 0, signal: null });
  expect(program.errors()).toBe('');
  expect(pids().filter(isAlive)).toEqual([]);
  expect(await healthOf(base)).toBe('ECONNREFUSED');
});

it('functions in a process of their own do not outlive a local cloud that is killed', async () => {
  const { program, pids } = await startWithOwnProcess();
  program.send('SIGKILL');
  await program.exited;
  await eventually(async () => !pids().some(isAlive), 45_000);
});
