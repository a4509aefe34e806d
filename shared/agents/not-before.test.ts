import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { Agent } from '../projects/project.ts';
import { wakeDispatch } from '../runs/wake.ts';
import { admit } from './test-runs.ts';

const worldOf = (agent: Partial<Agent> = {}): Promise<World> =>
  createWorld({
    project: projectOf({ triage: { maxWorkQueueSize: 2_000, ...agent } }),
    container: () => ({ exitCode: 0 }),
  });

/** When a run may start, this many ms from now. */
const later = (world: World, ms: number) => ({
  notBefore: new Date(world.ports.clock.now() + ms),
});

/** Calls of dispatch from now on, by what each of them asks first. */
function countLooks(world: World): () => number {
  let looks = 0;
  const { count } = world.ports.documents;
  world.ports.documents.count = (query) => {
    looks += 1;
    return count(query);
  };
  return () => looks;
}

describe('a run that must not start yet', () => {
  it('waits for its time beside a free slot, and starts within two seconds of it', async () => {
    const world = await worldOf();
    const run = await admit(world.ports, 'triage', 1, later(world, 90_300));
    await wakeDispatch(world.ports, 'triage');
    await world.advance(90_000);
    expect((await world.run(run)).state).toBe('queued');
    await world.advance(2_001);
    expect((await world.run(run)).state).toBe('succeeded');
  });

  it('lets those behind it start before it, and is first when its time has come', async () => {
    const world = await worldOf({ timeout: 3_600 });
    world.container = () => 'runs';
    const early = await admit(world.ports, 'triage', 1, later(world, 5_000));
    await world.advance(10);
    const second = await admit(world.ports, 'triage', 2);
    await world.advance(10);
    await admit(world.ports, 'triage', 3);
    await wakeDispatch(world.ports, 'triage');
    await world.advance(6_001);
    await world.exit(second, { exitCode: 0 });
    expect(world.started).toEqual([`drover-${second}`, `drover-${early}`]);
  });

  it('starts by the sweep when what was planned for it is lost', async () => {
    const world = await worldOf();
    const run = await admit(world.ports, 'triage', 1, later(world, 30_000));
    world.tasks.misbehave({ forget: 1 });
    await wakeDispatch(world.ports, 'triage');
    await world.settle();
    await world.advance(60_000);
    await world.sweep();
    expect((await world.run(run)).state).toBe('queued');
    await world.advance(30_000);
    await world.sweep();
    expect((await world.run(run)).state).toBe('succeeded');
  });

  it('is looked at once when its time comes, however often its agent was woken before', async () => {
    const world = await worldOf();
    await admit(world.ports, 'triage', 1, later(world, 3_000_000));
    for (let n = 0; n < 20; n += 1) {
      await wakeDispatch(world.ports, 'triage');
      await world.settle();
    }
    const looks = countLooks(world);
    await world.advance(2_999_000);
    for (let n = 0; n < 3; n += 1) await world.sweep();
    expect(looks()).toBe(0);
    await world.advance(2_001);
    // Once for its time, and once for the slot that it gave back.
    expect(looks()).toBeLessThanOrEqual(4);
    expect(world.started).toHaveLength(1);
  });

  it('keeps nobody from a free slot who stands behind hundreds of its kind', async () => {
    const world = await worldOf();
    const hour = later(world, 3_600_000);
    for (let n = 0; n < 300; n += 1) await admit(world.ports, 'triage', n, hour);
    await world.advance(10);
    const last = await admit(world.ports, 'triage', 'last');
    await wakeDispatch(world.ports, 'triage');
    await world.settle();
    expect((await world.run(last)).state).toBe('succeeded');
  });

  it('is found behind those that were admitted in the same millisecond', async () => {
    const world = await worldOf();
    const hour = later(world, 3_600_000);
    for (let n = 10; n < 40; n += 1) await admit(world.ports, 'triage', n, hour);
    const last = await admit(world.ports, 'triage', 'z');
    await wakeDispatch(world.ports, 'triage');
    await world.settle();
    expect((await world.run(last)).state).toBe('succeeded');
  });

  it('leaves a launch that nobody goes on with to be taken over, though it stands behind many', async () => {
    const world = await worldOf();
    const hour = later(world, 3_600_000);
    for (let n = 0; n < 40; n += 1) await admit(world.ports, 'triage', n, hour);
    await world.advance(10);
    const last = await admit(world.ports, 'triage', 'last');
    const { start } = world.ports.jobs;
    world.ports.jobs.start = async () => {
      throw new Error('the instance died');
    };
    await wakeDispatch(world.ports, 'triage');
    await world.settle();
    expect((await world.run(last)).state).toBe('launching');
    world.ports.jobs.start = start;
    await world.advance(60_000);
    await world.sweep();
    await world.advance(60_000);
    expect((await world.run(last)).state).toBe('succeeded');
  });

  it('counts like any other where the queue is too long, and the oldest goes first', async () => {
    const world = await worldOf({ maxWorkQueueSize: 2, scale: 3 });
    const hour = later(world, 3_600_000);
    for (let n = 0; n < 5; n += 1) {
      await admit(world.ports, 'triage', n, hour);
      await world.advance(10);
    }
    const ready = await admit(world.ports, 'triage', 'ready');
    await wakeDispatch(world.ports, 'triage');
    await world.settle();
    const states = await Promise.all([0, 1, 2, 3, 4].map((n) => world.run(`triage-${n}`)));
    expect(states.map(({ state }) => state)).toEqual([
      'dropped',
      'dropped',
      'dropped',
      'queued',
      'queued',
    ]);
    expect((await world.run(ready)).state).toBe('succeeded');
  });
});
