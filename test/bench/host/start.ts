import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostOptions, HostReady } from './options.ts';

/** A process with the local cloud and the functions, ready to be measured. */
export interface Host extends HostReady, Omit<HostOptions, 'profiles'> {
  /** Milliseconds of processor time that a thread has used; undefined where it cannot be read. */
  cpuMs(thread: string | undefined): number | undefined;
  /** Begins and ends what is profiled, if anything is. */
  profile(what: 'measure' | 'measured'): Promise<void>;
  stop(): Promise<void>;
}

export async function startHost(want: { floor: boolean; profiles?: string }): Promise<Host> {
  const directory = mkdtempSync(join(tmpdir(), 'drover-bench-'));
  const [port, floorPort] = await freePorts(2);
  const options: HostOptions = {
    directory,
    port: port ?? 0,
    starts: join(directory, 'starts'),
    ...(want.floor && floorPort !== undefined && { floorPort }),
    ...(want.profiles !== undefined && { profiles: want.profiles }),
  };
  const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), [
    JSON.stringify(options),
  ]);
  const ready = await answer(child);
  return {
    ...options,
    ...ready,
    cpuMs: (thread) => threadCpuMs(child.pid, thread),
    profile: async (what) => {
      child.send(what);
      if (what === 'measure' || !want.profiles) return;
      const threads = want.floor ? 2 : 1;
      for (let profiled = 0; profiled < threads; profiled += 1) await once(child, 'message');
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answer(child: ChildProcess): Promise<HostReady> {
  const early = once(child, 'exit').then(([code]) => {
    throw new Error(`the benchmark's host ended with ${code} before it was up`);
  });
  const [ready] = (await Promise.race([once(child, 'message'), early])) as [HostReady];
  early.catch(() => {});
  return ready;
}

/** From the scheduler's own account, in ns (Documentation/scheduler/sched-stats.rst). */
function threadCpuMs(pid: number | undefined, thread: string | undefined): number | undefined {
  if (pid === undefined || thread === undefined) return undefined;
  try {
    const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return Number(ns) / 1e6;
  } catch {
    return undefined;
  }
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
