import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { dispatch } from '../agents/dispatch.ts';
import type { Pace } from '../agents/pace.ts';
import { readAgentState } from '../agents/state.ts';
import { admit } from '../agents/test-runs.ts';
import type { Ports } from '../ports/index.ts';
import { currentPath } from '../projects/release.ts';

const minuteMs = 60_000;
/** Minutes after which the agent may launch its next run. */
const waits = 5;

/** An agent with a queue, which got its time to launch; the wake-up for that time was lost. */
async function paced(queued = 15): Promise<{ world: World; wakes: string[] }> {
  const wakes: string[] = [];
  let isLost = true;
  const wrap = (ports: Ports): Ports => ({
    ...ports,
    tasks: {
      ...ports.tasks,
      enqueue: async (wakeUp) => {
        wakes.push(wakeUp.target);
        return isLost ? 'enqueued' : ports.tasks.enqueue(wakeUp);
      },
    },
  });
  const world = await createWorld({ project: projectOf({ triage: { scale: 20 } }), wrap });
  for (let number = 0; number < queued; number += 1) await admit(world.ports, 'triage', number);
  const now = world.ports.clock.now();
  const pace: Pace = {
    gapMs: minuteMs,
    refusedAt: new Date(now - minuteMs),
    setAt: new Date(now - minuteMs),
    launched: 0,
    refused: 0,
    nextLaunch: new Date(now + waits * minuteMs),
  };
  await world.ports.documents.commit([{ op: 'update', path: currentPath, fields: { pace } }]);
  await dispatch(world.ports, settings, world.releases, 'triage');
  isLost = false;
  wakes.length = 0;
  return { world, wakes };
}

async function sweepFor(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await world.advance(minuteMs);
    await world.sweep();
    await world.settle();
  }
}

describe('a queue whose agent has its time to launch', () => {
  it('is woken for nothing before that time', async () => {
    const { world, wakes } = await paced();
    const { launchAt } = (await readAgentState(world.ports, 'triage')).data;
    expect(launchAt?.getTime()).toBe(world.ports.clock.now() + waits * minuteMs);
    await sweepFor(world, waits - 1);
    expect(wakes).toEqual([]);
  });

  it('is woken by the sweep that follows on it, should the wake-up for it be lost', async () => {
    const { world } = await paced(1);
    await sweepFor(world, waits);
    expect(world.started).toEqual([]);
    await sweepFor(world, 1);
    expect(world.started).toHaveLength(1);
  });

  it('goes at once where there is no pace any more', async () => {
    const { world } = await paced();
    await world.ports.documents.commit([
      { op: 'update', path: currentPath, fields: { pace: null } },
    ]);
    await sweepFor(world, 2);
    expect(world.started).toHaveLength(15);
  });
});
