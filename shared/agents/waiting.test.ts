import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { Agent } from '../projects/project.ts';
import { noteUsage, readUsage } from '../runs/usage.ts';
import { pauseAgent, pauseProject } from './pause.ts';
import { admit } from './test-runs.ts';
import { type Waiting, whyWaiting } from './waiting.ts';

const me = { who: 'me', why: 'it barks' };

const worldOf = (agent: Partial<Agent> = {}): Promise<World> =>
  createWorld({ project: projectOf({ triage: { timeout: 3_600, ...agent } }) });

async function why(world: World, agent = 'triage'): Promise<Waiting[]> {
  const current = await world.releases.current();
  if (!current) throw new Error('no release');
  return whyWaiting(world.ports, current, agent);
}

describe('why an agent starts nothing', () => {
  it('has no answer where it would start the next run', async () => {
    const world = await worldOf();
    expect(await why(world)).toEqual([]);
    await admit(world.ports, 'triage', 1);
    expect(await why(world)).toEqual([]);
  });

  it('tells of pauses, with who, when and why', async () => {
    const world = await worldOf();
    await pauseAgent(world.ports, 'triage', me);
    await pauseProject(world.ports, { who: 'you', why: '' });
    expect(await why(world)).toEqual([
      {
        reason: 'paused',
        text: 'the agent is paused since 2026-03-01T12:00:00.000Z by me: it barks',
      },
      {
        reason: 'project_paused',
        text: 'the project is paused since 2026-03-01T12:00:00.000Z by you',
      },
    ]);
  });

  it('tells of slots that are taken, and of an agent that has none', async () => {
    const world = await worldOf();
    await world.deliver('1');
    await world.settle();
    expect(await why(world)).toEqual([
      { reason: 'slots_full', text: '1 of its 1 slots are taken' },
    ]);
    const disabled = await worldOf({ scale: 0 });
    expect((await why(disabled)).map(({ reason }) => reason)).toEqual(['disabled']);
  });

  it('tells of a project whose slots are taken, or are for others', async () => {
    const agents = { one: { timeout: 3_600, scale: 2 }, two: { timeout: 3_600, webhooks: [] } };
    const world = await createWorld({ project: { ...projectOf(agents), scale: 2 } });
    for (let n = 0; n < 2; n += 1) await admit(world.ports, 'one', n);
    await world.advance(10);
    await admit(world.ports, 'two', 0);
    expect(await why(world, 'two')).toEqual([
      {
        reason: 'project_full',
        text: 'the free slots of the project are for runs that were admitted earlier',
      },
    ]);
    await world.deliver('1');
    await world.settle();
    expect(await why(world, 'two')).toEqual([
      { reason: 'project_full', text: 'all 2 slots of the project are taken' },
    ]);
  });

  it('does not speak of the project where the agent could not start a run anyway', async () => {
    const world = await createWorld({ project: { ...projectOf({ triage: {} }), scale: 1 } });
    await pauseAgent(world.ports, 'triage', me);
    await admit(world.ports, 'triage', 1);
    expect((await why(world)).map(({ reason }) => reason)).toEqual(['paused']);
  });

  it('tells of a budget in dollars that is spent what it came to', async () => {
    const budget = {
      runsPerDay: null,
      minutesPerDay: null,
      dollarsPerDay: 0.01,
      failuresInARow: null,
    };
    const world = await worldOf({ scale: 2, budget });
    const { triage: run = '' } = await world.deliver('1');
    await world.settle();
    const usage = readUsage({ cost: 3.5 }, '2026-03-01T12:00:01.000000000Z');
    if (usage) await noteUsage(world.ports, world.releases, run, () => usage);
    await world.exit(run, { exitCode: 0 });
    const [{ reason, text } = {}] = await why(world);
    expect(reason).toBe('budget_spent');
    expect(text).toBe('the budget of the day is spent: 1 run, 0 minutes and $3.50');
  });

  it('tells of a budget that is spent, and until when', async () => {
    const budget = { runsPerDay: 1, minutesPerDay: null, failuresInARow: null };
    const world = await worldOf({ scale: 2, budget });
    await world.deliver('1');
    await world.settle();
    expect(await why(world)).toEqual([
      {
        reason: 'budget_spent',
        text: 'the budget of the day is spent: 1 run and 0 minutes',
        until: '2026-03-02T00:00:00.000Z',
      },
    ]);
  });

  it('tells what holds every run of its queue', async () => {
    const concurrency = { key: '{repo}', busy: 'queue' } as const;
    const world = await worldOf({ scale: 5, concurrency });
    await world.deliver('1', { repo: 'one' });
    await world.settle();
    await admit(world.ports, 'triage', 1, { concurrencyKey: 'one' });
    for (const minutes of [60, 30]) {
      const notBefore = new Date(world.ports.clock.now() + minutes * 60_000);
      await admit(world.ports, 'triage', `in-${minutes}`, { notBefore });
    }
    expect(await why(world)).toEqual([
      { reason: 'key_busy', text: '1 queued run must wait for a run of the same key' },
      {
        reason: 'not_before',
        text: '2 queued runs must not start before 2026-03-01T12:30:00.000Z',
        until: '2026-03-01T12:30:00.000Z',
      },
    ]);
    await admit(world.ports, 'triage', 'free');
    expect(await why(world)).toEqual([]);
  });
});
