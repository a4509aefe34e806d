import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { Agent, Project } from '../projects/project.ts';
import { pauseAgent, pauseProject, resumeAgent } from './pause.ts';
import { projectShares } from './project-share.ts';
import { admit } from './test-runs.ts';

const me = { who: 'me', why: '' };
const noBudget = { runsPerDay: null, minutesPerDay: null, failuresInARow: null };

/** A project of one slot and two agents, each of which runs for the label of its name. */
function twoAgents(first: Partial<Agent> = {}, scale = 1): Project {
  const only = (name: string, agent: Partial<Agent> = {}): Partial<Agent> => ({
    maxWorkQueueSize: 2_000,
    timeout: 3_600,
    webhooks: [onGithub({ labels: [name] })],
    ...agent,
  });
  return { ...projectOf({ first: only('first', first), second: only('second') }), scale };
}

async function deliver(world: World, id: string, agent: string): Promise<string> {
  const runs = await world.deliver(id, { labels: [agent] });
  await world.advance(10);
  return runs[agent] ?? '';
}

async function sharesOf(world: World) {
  const current = await world.releases.current();
  const shares = current && (await projectShares(world.ports, current.release));
  return { ...Object.fromEntries(shares?.shares ?? []), spare: shares?.spare };
}

const later = (world: World) => ({ notBefore: new Date(world.ports.clock.now() + 3_600_000) });

describe('a share of the slots of a project', () => {
  it('is not for an agent that is paused, so that it starves nobody', async () => {
    const world = await createWorld({ project: twoAgents() });
    await pauseAgent(world.ports, 'first', me);
    await deliver(world, '1', 'first');
    const second = await deliver(world, '2', 'second');
    expect((await world.run(second)).state).toBe('running');
  });

  it('is for it again once it is resumed, in its old place', async () => {
    const world = await createWorld({ project: twoAgents() });
    await pauseAgent(world.ports, 'first', me);
    const first = await deliver(world, '1', 'first');
    const second = await deliver(world, '2', 'second');
    const third = await deliver(world, '3', 'second');
    await resumeAgent(world.ports, 'first', me);
    await world.settle();
    await world.exit(second, { exitCode: 0 });
    expect((await world.run(first)).state).toBe('running');
    expect((await world.run(third)).state).toBe('queued');
  });

  it('goes to others at once when its agent is paused', async () => {
    const world = await createWorld({ project: twoAgents() });
    world.tasks.misbehave({ forget: 1 });
    await deliver(world, '1', 'first');
    const second = await deliver(world, '2', 'second');
    expect((await world.run(second)).state).toBe('queued');
    await pauseAgent(world.ports, 'first', me);
    await world.settle();
    expect((await world.run(second)).state).toBe('running');
  });

  it('is not for an agent that has spent its budget', async () => {
    const budget = { ...noBudget, runsPerDay: 1 };
    const world = await createWorld({ project: twoAgents({ scale: 5, budget }, 2) });
    await deliver(world, '1', 'first');
    await deliver(world, '2', 'first');
    const second = await deliver(world, '3', 'second');
    expect((await world.run(second)).state).toBe('running');
  });

  it('is only for as many runs as the budget still allows', async () => {
    const budget = { ...noBudget, runsPerDay: 2 };
    const world = await createWorld({ project: twoAgents({ scale: 9, budget }, 5) });
    for (let n = 0; n < 9; n += 1) await admit(world.ports, 'first', n);
    await world.advance(10);
    await admit(world.ports, 'second', 0);
    expect(await sharesOf(world)).toEqual({ first: 2, second: 1, spare: 0 });
  });

  it('is not for runs that must not start yet', async () => {
    const world = await createWorld({ project: twoAgents() });
    await admit(world.ports, 'first', 1, later(world));
    const second = await deliver(world, '1', 'second');
    expect((await world.run(second)).state).toBe('running');
  });

  it('is not for runs whose key is busy', async () => {
    const concurrency = { key: '{repo}', busy: 'queue' } as const;
    const world = await createWorld({ project: twoAgents({ scale: 5, concurrency }, 3) });
    for (let n = 0; n < 3; n += 1) await deliver(world, String(n), 'first');
    const second = await deliver(world, '3', 'second');
    expect((await world.run(second)).state).toBe('running');
    expect(await world.slots('first')).toHaveLength(1);
  });

  it('is not for an agent that is disabled', async () => {
    const world = await createWorld({ project: twoAgents() });
    await world.publish(twoAgents({ scale: 0 }));
    await admit(world.ports, 'first', 1);
    const second = await deliver(world, '1', 'second');
    expect((await world.run(second)).state).toBe('running');
  });

  it('is for nobody while the project is paused', async () => {
    const world = await createWorld({ project: twoAgents() });
    await admit(world.ports, 'first', 1);
    await pauseProject(world.ports, me);
    expect(await sharesOf(world)).toEqual({ spare: 0 });
  });
});

describe('an agent whose queue stands before all others and can start nothing', () => {
  it('keeps no slot from those behind hundreds of its runs, and they are woken for it', async () => {
    const world = await createWorld({ project: twoAgents() });
    const running = await deliver(world, '0', 'second');
    await pauseAgent(world.ports, 'first', me);
    for (let n = 0; n < 150; n += 1) await admit(world.ports, 'first', n);
    await world.advance(10);
    const next = await deliver(world, '1', 'second');
    await world.exit(running, { exitCode: 0 });
    expect((await world.run(next)).state).toBe('running');
  });

  it('keeps none where its runs wait for their time', async () => {
    const world = await createWorld({ project: twoAgents() });
    const running = await deliver(world, '0', 'second');
    for (let n = 0; n < 250; n += 1) await admit(world.ports, 'first', n, later(world));
    await world.advance(10);
    const next = await deliver(world, '1', 'second');
    await world.exit(running, { exitCode: 0 });
    expect((await world.run(next)).state).toBe('running');
  });
});
