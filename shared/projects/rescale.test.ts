import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { listAudit } from '../audit/list.ts';
import type { Current, Release } from './release.ts';
import { rescale } from './rescale.ts';

const actor = { who: 'ada@example.com', why: 'a busy week' };

async function current({ ports: { documents } }: World): Promise<Release> {
  const pointer = await documents.get<Current>('project/current');
  const release = await documents.get<Release>(`releases/${pointer?.data.release}`);
  if (!release) throw new Error('nothing is published');
  return release.data;
}

describe('changing a scale', () => {
  it('publishes the same project with another number for the agent', async () => {
    const world = await createWorld({ project: projectOf({ one: {}, two: { scale: 2 } }) });
    const before = await current(world);
    expect(await rescale(world.ports, { agent: 'one', scale: 5 }, actor)).toMatchObject({
      ok: true,
      changed: true,
    });
    const { agents, ...rest } = await current(world);
    expect(agents.one).toEqual({ ...before.agents.one, scale: 5 });
    expect(agents.two).toEqual(before.agents.two);
    expect({ ...before, publishedBy: actor.who, agents }).toEqual({ ...rest, agents });
  });

  it('changes that of the project', async () => {
    const world = await createWorld({ project: projectOf({ one: {} }) });
    await rescale(world.ports, { scale: 7 }, actor);
    expect(await current(world)).toMatchObject({ scale: 7, agents: { one: { scale: 1 } } });
  });

  it('records who did it and why, and only when something changed', async () => {
    const world = await createWorld({ project: projectOf({ one: {} }) });
    await rescale(world.ports, { agent: 'one', scale: 2 }, actor);
    expect(await rescale(world.ports, { agent: 'one', scale: 2 }, actor)).toMatchObject({
      changed: false,
    });
    const { documents } = await listAudit(world.ports, 10);
    expect(documents.map(({ data }) => data)).toMatchObject([
      { ...actor, action: 'agent.scale', target: 'agents/one' },
    ]);
  });

  it('goes back to a release that was there before', async () => {
    const world = await createWorld({ project: projectOf({ one: {} }) });
    await rescale(world.ports, { agent: 'one', scale: 2 }, actor);
    const two = await rescale(world.ports, { agent: 'one', scale: 3 }, actor);
    const again = await rescale(world.ports, { agent: 'one', scale: 2 }, actor);
    expect(again).not.toEqual(two);
    expect(await current(world)).toMatchObject({ agents: { one: { scale: 2 } } });
  });

  it('knows no agent that the release has not, whatever it is called', async () => {
    const world = await createWorld({ project: projectOf({ one: {} }) });
    for (const agent of ['two', 'constructor', '__proto__']) {
      const result = await rescale(world.ports, { agent, scale: 2 }, actor);
      expect(result).toEqual({ ok: false, reason: 'no_such_agent' });
    }
  });
});
