import { expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld } from '../../test/world.ts';
import { CloudError, type Ports } from '../ports/index.ts';
import { currentPath } from '../projects/release.ts';
import { dispatch } from './dispatch.ts';
import { slowDown } from './pace.ts';
import { readAgentState } from './state.ts';
import { admit } from './test-runs.ts';

it('an agent whose time to launch was committed without an answer is woken for it all the same', async () => {
  let isLost = false;
  const plannedAt: number[] = [];
  const wrap = (ports: Ports): Ports => ({
    ...ports,
    documents: {
      ...ports.documents,
      commit: async (writes, tellTime) => {
        const versions = await ports.documents.commit(writes, tellTime);
        if (!isLost || !writes.some(({ path }) => path === currentPath)) return versions;
        isLost = false;
        throw new CloudError('deadline_exceeded', 'no answer');
      },
    },
    tasks: {
      ...ports.tasks,
      enqueue: async (wakeUp) => {
        if (wakeUp.target === 'dispatch' && wakeUp.at !== undefined) plannedAt.push(wakeUp.at);
        return ports.tasks.enqueue(wakeUp);
      },
    },
  });
  const world = await createWorld({ project: projectOf({ triage: {} }), wrap });
  await admit(world.ports, 'triage', 1);
  await slowDown(world.ports, true);
  isLost = true;
  const done = dispatch(world.ports, settings, world.releases, 'triage');
  await world.advance(100);
  await done;
  expect(isLost).toBe(false);
  const { launchAt } = (await readAgentState(world.ports, 'triage')).data;
  const due = launchAt?.getTime() ?? Number.POSITIVE_INFINITY;
  expect(plannedAt.filter((at) => at >= due)).toHaveLength(1);
});
