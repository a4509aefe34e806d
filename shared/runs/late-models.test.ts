import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { readAgentState } from '../agents/state.ts';
import { keepCredential } from '../credentials/home.ts';
import type { Topic } from '../notifications/topics.ts';
import { noteUsage, readUsage } from './usage.ts';

const budget = { runsPerDay: null, minutesPerDay: null, dollarsPerDay: 1, failuresInARow: null };

interface Told {
  world: World;
  /** What people were told. */
  posts: string[];
  /** What a run has said so far of its models: each account is later than the one before. */
  spend(run: string, dollars: number): Promise<void>;
}

interface Trouble {
  /** Whether the receiver is away. */
  fails?: () => boolean;
  /** Happens before a job is deleted. */
  clean?: () => Promise<void>;
}

async function toldWorld(
  about: Topic[] | null,
  { fails = () => false, clean = async () => {} }: Trouble = {},
): Promise<Told> {
  const posts: string[] = [];
  const project = projectOf({ triage: { budget } });
  const world = await createWorld({
    project:
      about === null ? project : { ...project, notifications: { instance: 'default', about } },
    wrap: (ports) => ({
      ...ports,
      jobs: {
        ...ports.jobs,
        delete: async (id) => {
          await clean();
          return ports.jobs.delete(id);
        },
      },
      notify: {
        post: async (_, json) => {
          if (fails()) return { outcome: 'later', why: 'it is away' };
          posts.push((JSON.parse(json) as { text: string }).text);
          return { outcome: 'taken' };
        },
      },
    }),
  });
  const reference = { type: 'slack_webhook', instance: 'default' };
  await keepCredential(world.ports, reference, { url: Buffer.from('https://example.com/hook') });
  let second = 0;
  const spend = async (run: string, dollars: number): Promise<void> => {
    second += 1;
    const usage = readUsage({ cost: dollars }, `2026-03-01T12:00:0${second}.000000000Z`);
    if (usage) await noteUsage(world.ports, world.releases, run, () => usage);
    await world.settle();
  };
  return { world, posts, spend };
}

async function ended(world: World, id: string): Promise<string> {
  const { triage = '' } = await world.deliver(id);
  await world.settle();
  await world.exit(triage, { exitCode: 0 });
  return triage;
}

describe('an account of models that comes after the end', () => {
  it('tells people once that it has used up the budget of the day', async () => {
    const { world, posts, spend } = await toldWorld(['budget']);
    const run = await ended(world, '1');
    expect((await world.run(run)).dueAt).toBeNull();
    await spend(run, 0.5);
    expect(posts).toEqual([]);
    await spend(run, 2);
    await spend(run, 3);
    expect(posts).toHaveLength(1);
    expect(posts[0]).toContain('triage');
    const { notice, dueAt, cost } = await world.run(run);
    expect(notice).toMatchObject({ about: ['budget'], state: 'sent' });
    expect([dueAt, cost?.models]).toEqual([null, 3]);
    expect((await readAgentState(world.ports, 'triage')).data.spend.told).toBe(true);
  });

  it('keeps the run due until they were told', async () => {
    let isAway = true;
    const { world, posts, spend } = await toldWorld(['budget'], { fails: () => isAway });
    const run = await ended(world, '1');
    await spend(run, 2);
    expect(posts).toEqual([]);
    expect((await world.run(run)).dueAt).not.toBeNull();
    isAway = false;
    await world.advance(120_000);
    await world.sweep();
    expect(posts).toHaveLength(1);
    expect((await world.run(run)).dueAt).toBeNull();
  });

  it('keeps the run due as well where it comes while job and secrets of the run are deleted', async () => {
    let isAway = true;
    let whileCleaning = async (): Promise<void> => {};
    const { world, posts, spend } = await toldWorld(['budget'], {
      fails: () => isAway,
      clean: () => whileCleaning(),
    });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    whileCleaning = async () => {
      whileCleaning = async () => {};
      await spend(triage, 2);
    };
    await world.exit(triage, { exitCode: 0 });
    await world.settle();
    expect(posts).toEqual([]);
    expect(await world.run(triage)).toMatchObject({
      cleanedAt: expect.any(String),
      dueAt: expect.any(Date),
      notice: { state: 'due' },
    });
    isAway = false;
    await world.advance(120_000);
    await world.sweep();
    expect(posts).toHaveLength(1);
    expect((await world.run(triage)).dueAt).toBeNull();
  });

  it('tells nobody where nobody wants to know, and nothing else than that', async () => {
    for (const about of [null, [], ['failure', 'pause']] as const) {
      const { world, posts, spend } = await toldWorld(about && [...about]);
      const run = await ended(world, '1');
      await spend(run, 2);
      expect(posts).toEqual([]);
      expect(await world.run(run)).toMatchObject({ dueAt: null, notice: null });
    }
  });

  it('starts nothing more on that day', async () => {
    const { world, spend } = await toldWorld(null);
    const run = await ended(world, '1');
    await spend(run, 2);
    await world.deliver('2');
    await world.settle();
    expect(world.started).toHaveLength(1);
  });
});
