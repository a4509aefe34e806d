import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type FunctionName,
  functionNames,
  functionVariables,
  type Place,
} from '../../resources.ts';
import type { LocalCloud } from '../cloud.ts';

/** The functions, as this machine runs them. */
export interface Functions {
  /** Base URL; `/<function>/…`, and `/webhooks/…`. */
  base: string;
  /** Where their log lines go. */
  logFile: string;
  stop(): Promise<void>;
}

interface FunctionsOptions extends Place {
  cloud: LocalCloud;
  port: number;
  /** Where their log is kept. */
  state: string;
  /** Called when they die of themselves. */
  died(error: Error): void;
}

/** Starts the functions in a thread of their own, with the environment that a deployment would give them. */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const { cloud, port, state, died } = options;
  const base = `http://127.0.0.1:${port}`;
  const urls = Object.fromEntries(functionNames.map((name) => [name, `${base}/${name}`]));
  const worker = new Worker(new URL('../functions-worker.js', import.meta.url), {
    workerData: { port },
    env: {
      ...functionVariables(options, urls as { [name in FunctionName]: string }),
      DROVER_CLOUD_ENDPOINT: cloud.endpoint,
      DROVER_JWKS_URL: cloud.console.keysUrl,
      NODE_ENV: 'production',
    },
    stdout: true,
    stderr: true,
  });
  const logFile = join(state, 'functions.log');
  const log = createWriteStream(logFile, { flags: 'a' });
  worker.stdout.pipe(log);
  worker.stderr.pipe(log);
  await once(worker, 'message');
  worker.once('error', died);
  return {
    base,
    logFile,
    stop: async () => {
      await worker.terminate();
    },
  };
}
