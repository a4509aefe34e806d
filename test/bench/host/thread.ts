import { readlinkSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** What a thread of the host says once its module is up. */
export interface ThreadReady {
  /** The operating system's id, where it can be read. */
  thread: string | undefined;
}

/** Runs the module that is to be measured, tells which thread it is in, and profiles it between two messages if asked. */
const { module, profile } = workerData as { module: string; profile?: string };
await import(module);
const session = new Session();
parentPort?.on('message', async (message) => {
  if (profile === undefined) return;
  if (message === 'measure') {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
  }
  if (message === 'measured') {
    const { profile: made } = await session.post('Profiler.stop');
    writeFileSync(profile, JSON.stringify(made));
    session.disconnect();
    parentPort?.postMessage('profiled');
  }
});
const ready: ThreadReady = { thread: ownThread() };
parentPort?.postMessage(ready);

/** Linux tells a thread its own id; elsewhere there are no figures by thread. */
function ownThread(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self').split('/').at(-1);
  } catch {
    return undefined;
  }
}
