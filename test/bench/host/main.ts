import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { agentIdentitiesOf } from '../../../infra/deployment/agents.ts';
import { startCloud } from '../../../infra/local/cloud.ts';
import { type FunctionName, functionNames, functionVariables } from '../../../infra/resources.ts';
import { systemClock } from '../../../shared/cloud/clock.ts';
import { systemRandom } from '../../../shared/cloud/random.ts';
import { keepCredential } from '../../../shared/credentials/home.ts';
import { publish } from '../../../shared/projects/publish.ts';
import { projectOf } from '../../project.ts';
import { type HostOptions, type HostReady, place, signingSecret } from './options.ts';
import type { ThreadReady } from './thread.ts';

/**
 * One process as `npm start` arranges it: the local cloud in the main thread, the functions in a worker thread. The floor,
 * when it is wanted, is another worker thread, idle while it is not asked.
 */
const options = JSON.parse(process.argv[2] ?? '') as HostOptions;
const { directory, port, floorPort, starts } = options;

mkdirSync(starts, { recursive: true });
const cloud = await startCloud({
  ...place,
  directory,
  port: 0,
  consolePort: 0,
  // The program's first instruction leaves a file named after its job.
  command: () => ({ file: '/bin/sh', args: ['-c', `: > "${starts}/$CLOUD_RUN_JOB"`], directory }),
  // No sweep while something is measured.
  tickMs: 24 * 3_600_000,
});
await keepCredential(
  { secrets: cloud.secrets },
  { type: 'github_webhook_secret', instance: 'default' },
  { secret: Buffer.from(signingSecret) },
);
const project = projectOf({ bench: { timeout: 60, maxWorkQueueSize: 1_000_000 } });
cloud.iam.provision(agentIdentitiesOf(project));
await publish({ documents: cloud.documents, clock: systemClock, random: systemRandom }, project);

const base = `http://127.0.0.1:${port}`;
const urls = Object.fromEntries(functionNames.map((name) => [name, `${base}/${name}`]));
const environment = {
  ...functionVariables(place, urls as { [name in FunctionName]: string }),
  DROVER_CLOUD_ENDPOINT: cloud.endpoint,
  DROVER_JWKS_URL: cloud.console.keysUrl,
  NODE_ENV: 'production',
};
const log = createWriteStream(join(directory, 'functions.log'));

async function startThread(module: string, threadPort: number): Promise<string | undefined> {
  const worker = new Worker(new URL('./thread.js', import.meta.url), {
    workerData: {
      module: new URL(module, import.meta.url).href,
      port: threadPort,
      ...(options.profiles && {
        profile: join(
          options.profiles,
          `${threadPort === port ? 'functions' : 'floor'}.cpuprofile`,
        ),
      }),
    },
    env: environment,
    stdout: true,
    stderr: true,
  });
  worker.stdout.pipe(log);
  worker.stderr.pipe(log);
  worker.once('error', (error) => {
    process.stderr.write(`a thread of the benchmark stopped: ${error.stack}\n`);
    process.exit(1);
  });
  process.on('message', async (message) => {
    worker.postMessage(message);
    if (message !== 'measured' || !options.profiles) return;
    await once(worker, 'message');
    process.send?.('profiled');
  });
  for (;;) {
    const [message] = (await once(worker, 'message')) as [ThreadReady | 'ready'];
    if (message !== 'ready') return message.thread;
  }
}

const functions = await startThread('../../../infra/local/functions-worker.js', port);
const floor = floorPort === undefined ? undefined : await startThread('../ack/floor.js', floorPort);
cloud.connect({ logs: `${base}/logs`, tick: `${base}/tick` });

// Whoever started this process may end without a word.
process.once('disconnect', () => process.exit(0));
const ready: HostReady = {
  endpoint: cloud.endpoint,
  ...(functions !== undefined && { functions }),
  ...(floor !== undefined && { floor }),
};
process.send?.(ready);
