import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { EngineError, memoryStore } from '../../infra/local/engines/engine.ts';
import type { LogEntry } from '../../infra/local/engines/log-entry.ts';
import { createRunEngine, type RunEngine } from '../../infra/local/engines/run/index.ts';
import { createExecutor, runExecutions } from '../../infra/local/executor/index.ts';
import { inProcessJobs } from '../../infra/local/in-process/jobs.ts';
import { callCounter } from '../../infra/local/wire/calls.ts';
import { faultTable } from '../../infra/local/wire/faults.ts';
import { runServices } from '../../infra/local/wire/run/index.ts';
import { serve } from '../../infra/local/wire/server.ts';
import { clients } from '../../shared/cloud/clients.ts';
import { cloudRunJobs } from '../../shared/cloud/jobs/index.ts';
import type { CloudSettings } from '../../shared/cloud/settings.ts';
import type { Jobs } from '../../shared/ports/index.ts';
import { type JobsUnderTest, jobsContract } from './jobs.ts';
import { images, secretValues } from './jobs-images.ts';

const settings: CloudSettings = {
  project: 'demo',
  region: 'europe-west1',
  targets: { dispatch: { queue: 'dispatch', url: '' }, poll: { queue: 'poll', url: '' } },
  tasksServiceAccount: 'tasks@demo.iam.gserviceaccount.com',
};

/** An engine with an executor; `face` puts the port on it. */
async function underTest(
  face: (engine: RunEngine, changed: () => void) => Promise<{ jobs: Jobs; close(): Promise<void> }>,
): Promise<JobsUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'drover-jobs-'));
  const store = memoryStore();
  const entries: LogEntry[] = [];
  const emit = (entry: LogEntry): void => void entries.push(entry);
  const engine = createRunEngine(
    { now: Date.now, random: Math.random, store },
    {
      project: settings.project,
      region: settings.region,
      imageExists: (image) => Object.hasOwn(images, image),
      readSecret: (secret, version) => {
        const value = secretValues[`${secret}/${version}`];
        if (value === undefined) throw new EngineError('NOT_FOUND', 'no such version');
        return Buffer.from(value);
      },
      emit,
      graceMs: 300,
    },
  );
  const executor = createExecutor({
    directory,
    command: (image) => {
      const script = images[image];
      return script === undefined
        ? undefined
        : { file: '/bin/sh', args: ['-c', script], directory };
    },
    emit,
    now: Date.now,
    store,
  });
  const loop = runExecutions(engine, executor, Date.now);
  const { jobs, close } = await face(engine, loop.poke);
  return {
    jobs,
    entries,
    limit: engine.limit,
    started: () =>
      store.entries('executor.started').map(([, row]) => (row as { execution: string }).execution),
    close: async () => {
      await close();
      loop.stop();
      await executor.close();
      expect(await readdir(directory)).toEqual([]);
      await rm(directory, { recursive: true });
    },
  };
}

jobsContract('in process', () =>
  underTest(async (engine, changed) => ({
    jobs: inProcessJobs(engine, settings, { changed }),
    close: async () => {},
  })),
);

jobsContract('the local cloud, over the wire', () =>
  underTest(async (engine, changed) => {
    const server = await serve(runServices(engine, { changed }), 0, {
      calls: callCounter(),
      faults: faultTable(),
    });
    const local = { ...settings, endpoint: `127.0.0.1:${server.port}` };
    const google = clients(local);
    return {
      jobs: cloudRunJobs(google, local),
      close: async () => {
        for (const client of [google.jobs, google.executions, google.jobTasks])
          await (await client()).close();
        await server.close();
      },
    };
  }),
);
