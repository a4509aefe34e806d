import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { pauseAgent, pauseProject } from './pause.ts';
import { agentPath } from './state.ts';

const me = { who: 'me', why: '' };

/** A world whose only run is being launched by an instance that died. */
async function abandoned(): Promise<{ world: World; run: string }> {
  let isDead = true;
  const world = await createWorld({
    project: projectOf({ triage: { timeout: 3_600 } }),
    wrap: (ports) => ({
      ...ports,
      jobs: {
        ...ports.jobs,
        start: async (job) => {
          if (isDead) throw new Error('the instance died');
          return ports.jobs.start(job);
        },
      },
    }),
  });
  const { triage: run = '' } = await world.deliver('1');
  await world.settle();
  expect((await world.run(run)).state).toBe('launching');
  isDead = false;
  return { world, run };
}

async function wait(world: World): Promise<void> {
  for (let minute = 0; minute < 3; minute += 1) {
    await world.advance(60_000);
    await world.sweep();
  }
}

describe('a launch that nobody goes on with', () => {
  it.each([
    ['nothing else happens', async () => {}],
    ['its agent is paused', ({ ports }: World) => pauseAgent(ports, 'triage', me)],
    ['its project is paused', ({ ports }: World) => pauseProject(ports, me)],
    ['its agent is disabled', (world: World) => world.publish(projectOf({ triage: { scale: 0 } }))],
    [
      'somebody deletes what lists its slot',
      ({ ports }: World) => ports.documents.commit([{ op: 'delete', path: agentPath('triage') }]),
    ],
  ])('is taken over, though %s', async (_, meanwhile) => {
    const { world, run } = await abandoned();
    await meanwhile(world);
    await wait(world);
    expect((await world.run(run)).state).toBe('running');
    expect(world.started).toEqual([`drover-${run}`]);
  });

  it('is left alone while its lease lasts', async () => {
    const { world, run } = await abandoned();
    await world.advance(29_000);
    expect((await world.run(run)).lease).toMatchObject({ attempt: 1 });
  });
});
