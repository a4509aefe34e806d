import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { runOfJob } from '../runs/names.ts';
import type { Run } from '../runs/run.ts';
import type { Agent } from './project.ts';
import { publish } from './publish.ts';
import { type Current, currentPath } from './release.ts';
import { rescale } from './rescale.ts';

const actor = { who: 'ada@example.com', why: 'a busy week' };
const minuteMs = 60_000;

const herd = (agent: Partial<Agent>) =>
  projectOf({
    one: { maxWorkQueueSize: 100, timeout: 86_400, webhooks: [onGithub()], ...agent },
  });

/** A world whose only agent has a queue that the sweep has just put off. */
async function longWait(agent: Partial<Agent>): Promise<World> {
  const world = await createWorld({ project: herd(agent) });
  for (let number = 1; number <= 8; number += 1) {
    await world.deliver(`${number}`);
    await world.advance(10);
  }
  const isPutOff = ({ state, dueAt }: Run): boolean =>
    state !== 'queued' || (dueAt?.getTime() ?? 0) > world.ports.clock.now() + 2 * minuteMs;
  do await nextTick(world);
  while (!(await world.runs()).every(isPutOff));
  return world;
}

const running = (world: World): number => world.running.size;

async function nextTick(world: World): Promise<void> {
  await world.advance(minuteMs);
  await world.tick();
  await world.settle();
}

describe('a release that becomes current', () => {
  it.each([
    ['scale', { scale: 1 }, { scale: 5 }, 5],
    ['budget', { budget: budgetOf(2), scale: 5 }, { budget: budgetOf(4), scale: 5 }, 4],
  ])('lets who waited for its %s go with the next sweep', async (_rule, before, after, most) => {
    const world = await longWait(before);
    const had = running(world);
    await publish(world.ports, herd(after));
    await nextTick(world);
    expect(had).toBeLessThan(most);
    expect(running(world)).toBe(most);
  });

  it('does so where the wake-ups of who scaled it were lost', async () => {
    const world = await longWait({ scale: 1 });
    world.tasks.misbehave({ forget: 2 });
    await rescale(world.ports, { agent: 'one', scale: 5 }, actor);
    await nextTick(world);
    expect(running(world)).toBe(5);
  });

  it('touches no run that the sweep looks at soon', async () => {
    const world = await createWorld({ project: herd({ scale: 1 }) });
    await world.deliver('1');
    await world.advance(10);
    const { one: second = '' } = await world.deliver('2');
    await world.advance(10);
    const { dueAt } = await world.run(second);
    await publish(world.ports, herd({ scale: 5 }));
    expect((await world.run(second)).dueAt).toEqual(dueAt);
  });

  it('counts what runs already where it limits the project first', async () => {
    const world = await createWorld({ project: herd({ scale: 5 }) });
    for (const id of ['1', '2', '3']) await world.deliver(id);
    await world.advance(10);
    await publish(world.ports, { ...herd({ scale: 5 }), scale: 3 });
    const current = await world.ports.documents.get<Current>(currentPath);
    expect(current?.data.inFlight).toHaveLength(3);
    await world.advance(minuteMs);
    await world.deliver('4');
    await world.advance(10);
    expect(running(world)).toBe(3);
  });

  it('counts the runs of an agent that has left before as well', async () => {
    const world = await createWorld({ project: herd({ scale: 2 }) });
    for (const id of ['1', '2']) await world.deliver(id);
    await world.advance(10);
    const others = projectOf({ other: {} });
    await publish(world.ports, others);
    await publish(world.ports, { ...others, scale: 1 });
    const current = await world.ports.documents.get<Current>(currentPath);
    expect(current?.data.inFlight).toEqual([...world.running].map(runOfJob));
  });
});

function budgetOf(runsPerDay: number): Agent['budget'] {
  return { runsPerDay, minutesPerDay: null, failuresInARow: null };
}
