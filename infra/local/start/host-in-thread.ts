import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Hosted, Hosting } from './hosts.ts';

/** Serves the functions in a thread of this process: quick to start, and with no life of its own. */
export async function hostInThread({ port, variables, logFile, died }: Hosting): Promise<Hosted> {
  const worker = new Worker(new URL('../functions-worker.js', import.meta.url), {
    workerData: { port },
    env: variables,
    stdout: true,
    stderr: true,
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  worker.stdout.pipe(log);
  worker.stderr.pipe(log);
  await once(worker, 'message');
  worker.once('error', died);
  return {
    stop: async () => {
      await worker.terminate();
    },
  };
}
