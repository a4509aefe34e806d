import { expect, test } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { CloudError } from '../ports/index.ts';
import { poll } from './poll.ts';
import type { Run } from './run.ts';
import { findStart } from './start.ts';

test('a poll that finds the start just recorded by another goes on to the end that it was told of', async () => {
  let isLost = true;
  const world = await createWorld({
    project: projectOf({ brief: {} }),
    container: () => ({ exitCode: 0 }),
    wrap: (ports) => ({
      ...ports,
      jobs: {
        ...ports.jobs,
        // The launch gets through, and its dispatch dies before it looks.
        get: async (id) => {
          if (isLost) throw new CloudError('unavailable', 'lost');
          return ports.jobs.get(id);
        },
      },
    }),
  });
  world.sink = false;
  const { brief: runId = '' } = await world.deliver('1');
  await world.settle();
  expect((await world.run(runId)).state).toBe('launching');
  isLost = false;

  const run = await world.ports.documents.get<Run>(`runs/${runId}`);
  if (!run) throw new Error(`no run ${runId}`);
  const [found] = await Promise.all([
    findStart(world.ports, world.releases, run),
    poll(world.ports, world.releases, runId),
  ]);
  expect(found).toBe('started');
  expect((await world.run(runId)).state).toBe('succeeded');
});
