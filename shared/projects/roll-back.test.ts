import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { listAudit } from '../audit/list.ts';
import type { Project } from './project.ts';
import { publishOver } from './publish.ts';
import { type Current, currentPath } from './release.ts';
import { releaseId, UnreadableRelease } from './release-format.ts';
import { findWayBack, rollBack } from './roll-back.ts';

const by = { who: 'ada@example.com', why: 'it does not do well' };
const [a, b, c] = [60, 90, 120].map((timeout) => projectOf({ triage: { timeout } })) as [
  Project,
  Project,
  Project,
];

/** A world in which a, then b, then c was published. */
async function worldOfThree(): Promise<World> {
  const world = await createWorld({ project: a });
  for (const project of [b, c]) await publishOver(world.ports, project, { by });
  return world;
}

async function goBack({ ports }: World, wanted?: string): Promise<unknown> {
  const way = await findWayBack(ports, wanted);
  if (!way.ok) return way.reason;
  const { current, target } = way;
  return rollBack(ports, target, { by, base: current.release });
}

async function now({ ports }: World): Promise<Current | undefined> {
  return (await ports.documents.get<Current>(currentPath))?.data;
}

describe('going back', () => {
  it('goes to the release before, then to the one before that, and no further', async () => {
    const world = await worldOfThree();
    expect(await goBack(world)).toMatchObject({ ok: true, release: releaseId(b), changed: true });
    expect((await now(world))?.history).toEqual([releaseId(a)]);
    expect(await goBack(world)).toMatchObject({ release: releaseId(a) });
    expect(await goBack(world)).toBe('nothing_before');
    expect((await now(world))?.release).toBe(releaseId(a));
  });

  it('goes to a release that is named, and forth again', async () => {
    const world = await worldOfThree();
    expect(await goBack(world, releaseId(a))).toMatchObject({ release: releaseId(a) });
    expect((await now(world))?.history).toEqual([]);
    expect(await goBack(world, releaseId(c))).toMatchObject({ release: releaseId(c) });
    expect(await goBack(world)).toMatchObject({ release: releaseId(a) });
  });

  it('records who did it, and makes no release', async () => {
    const world = await worldOfThree();
    await world.advance(1_000);
    await goBack(world);
    const releases = await world.ports.documents.query({ collection: 'releases', limit: 9 });
    expect(releases).toHaveLength(3);
    const { documents } = await listAudit(world.ports, 1);
    expect(documents[0]?.data).toMatchObject({
      ...by,
      action: 'project.rollback',
      target: `releases/${releaseId(b)}`,
    });
    expect((await now(world))?.moved?.by).toBe(by.who);
  });

  it('is refused where another release became current meanwhile', async () => {
    const world = await worldOfThree();
    const way = await findWayBack(world.ports);
    if (!way.ok) throw new Error(way.reason);
    await publishOver(world.ports, projectOf({ other: {} }), { by });
    const base = way.current.release;
    expect(await rollBack(world.ports, way.target, { by, base })).toMatchObject({
      ok: false,
      reason: 'moved',
    });
  });

  it.each(['ffffffffffff', 'nonsense', '../project/current', ''])(
    'knows no release %j',
    async (wanted) => {
      const world = await worldOfThree();
      expect(await goBack(world, wanted)).toBe('no_such_release');
    },
  );

  it('does nothing where the release is current, and where nothing is published', async () => {
    const world = await worldOfThree();
    expect(await goBack(world, releaseId(c))).toBe('is_current');
    await world.ports.documents.commit([{ op: 'delete', path: currentPath }]);
    expect(await goBack(world)).toBe('nothing_published');
  });

  it('is refused where the release is of a newer Drover, or of one that is too old', async () => {
    for (const fields of [{ format: 2 }, { format: 0, agents: { triage: {} } }]) {
      const world = await worldOfThree();
      const path = `releases/${releaseId(b)}`;
      await world.ports.documents.commit([{ op: 'update', path, fields }]);
      await expect(goBack(world)).rejects.toThrow(UnreadableRelease);
      expect((await now(world))?.release).toBe(releaseId(c));
    }
  });

  it('finds nothing before where an older Drover moved the pointer and kept no history', async () => {
    const world = await worldOfThree();
    const { history: _, moved: __, ...old } = (await now(world)) ?? {};
    await world.ports.documents.commit([
      { op: 'set', path: currentPath, data: old as Omit<Current, 'history' | 'moved'> },
    ]);
    expect(await goBack(world)).toBe('nothing_before');
    expect(await goBack(world, releaseId(a))).toMatchObject({ ok: true });
  });

  it('remembers twenty releases, and forgets the oldest', async () => {
    const world = await createWorld({ project: a });
    for (let timeout = 1; timeout <= 25; timeout += 1) {
      await publishOver(world.ports, projectOf({ triage: { timeout: 1_000 + timeout } }), { by });
    }
    const history = (await now(world))?.history ?? [];
    expect(history).toHaveLength(20);
    expect(history[0]).toBe(releaseId(projectOf({ triage: { timeout: 1_024 } })));
  });
});
