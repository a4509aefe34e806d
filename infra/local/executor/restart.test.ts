import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { memoryStore, type Store } from '../engines/engine.ts';
import { createRunEngine } from '../engines/run/index.ts';
import { executionName, jobName, parent, spec } from '../engines/run/test-engine.ts';
import { createExecutor, runExecutions } from './index.ts';
import { startTime } from './processes.ts';

/** What `npm start` has of Cloud Run, on what an earlier one left in `store`. */
function localCloud(store: Store, directory: string) {
  const lines: string[] = [];
  const emit = ({ payload }: { payload: object }): void => {
    if ('text' in payload) lines.push(String(payload.text));
  };
  const engine = createRunEngine(
    { now: Date.now, random: Math.random, store },
    {
      project: 'demo',
      region: 'europe-west1',
      imageExists: () => true,
      readSecret: () => Buffer.from('hush'),
      emit,
    },
  );
  const executor = createExecutor({
    directory,
    command: () => ({ file: '/bin/sh', args: ['-c', 'echo "$$"; exec sleep 60'], directory }),
    emit,
    now: Date.now,
    store,
  });
  return { engine, executor, lines, loop: runExecutions(engine, executor, Date.now) };
}

async function until(holds: () => boolean): Promise<void> {
  for (let left = 500; left > 0 && !holds(); left -= 1)
    await new Promise((done) => setTimeout(done, 10));
  expect(holds()).toBe(true);
}

it('after a sudden end nothing runs on, nothing is started again, and the record says why', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'drover-restart-'));
  const store = memoryStore();
  const first = localCloud(store, directory);
  first.engine.createJob({ parent, jobId: 'triage', spec: spec() });
  first.loop.poke();
  await until(() => first.lines.length > 0);
  const pid = Number(first.lines[0]);
  // As after kill -9: the first one takes no part any more, and its container runs on.
  first.loop.stop();
  const left: Store = memoryStore();
  for (const table of [
    'run.jobs',
    'run.executions',
    'run.operations',
    'executor.processes',
    'executor.started',
  ])
    for (const [key, row] of store.entries(table)) left.put(table, key, row);

  const second = localCloud(left, directory);
  onTestFinished(async () => {
    second.loop.stop();
    await Promise.all([first.executor.close(), second.executor.close()]);
    await rm(directory, { recursive: true });
  });
  await until(() => startTime(pid) === undefined);
  await until(() => second.engine.getExecution({ name: executionName }).record.over !== undefined);
  expect(second.engine.getExecution({ name: executionName }).record.over).toMatchObject({
    outcome: 'failed',
    message: expect.stringContaining('The local cloud was restarted'),
  });
  expect(left.entries('executor.started')).toHaveLength(1);
  expect(await readdir(directory)).toEqual([]);

  second.engine.createJob({ parent, jobId: 'again', spec: spec() });
  second.loop.poke();
  await until(() => second.lines.length > 0);
  expect(left.entries('executor.started')).toHaveLength(2);
  expect(second.engine.getJob({ name: jobName }).latest?.status).toBe('EXECUTION_FAILED');
});
