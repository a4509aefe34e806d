import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { Retryable } from '../errors.ts';
import { type Current, createReleases, currentPath } from './release.ts';
import { contentsOf, readRelease, releaseFormat, UnreadableRelease } from './release-format.ts';

const publishedAt = '2026-01-01T00:00:00.000Z';
const project = projectOf({ triage: { timeout: 90, webhooks: [onGithub()] } });

describe('reading a release', () => {
  it('of this format changes nothing', () => {
    const release = { ...project, publishedAt, format: releaseFormat, drover: '1' };
    expect(readRelease('r', release)).toBe(release);
    expect(contentsOf(release)).toEqual(project);
  });

  it('of an older Drover fills in what it does not say, with what changes nothing', () => {
    const { budget: _, hooks: __, ...triage } = project.agents.triage ?? {};
    const old = {
      name: project.name,
      publishedAt,
      sources: project.sources,
      agents: {
        triage: { ...triage, budget: { runsPerDay: 3, minutesPerDay: null } },
        plain: { skill: 'Do it.', image: 'agents/plain' },
      },
    } as unknown as Parameters<typeof readRelease>[1];
    const { agents, ...rest } = readRelease('r', old);
    expect(rest).toMatchObject({ timezone: 'UTC', scale: null });
    expect(agents.triage).toEqual({
      ...project.agents.triage,
      budget: { ...project.agents.triage?.budget, runsPerDay: 3 },
    });
    expect(agents.plain).toMatchObject({ scale: 1, credentials: [], schedule: null, retry: null });
  });

  it.each([
    [
      'a newer format',
      { ...project, publishedAt, format: 2, drover: '9.0.0' },
      /^release r cannot be read: Drover 9\.0\.0 made it, in format 2; this one reads up to 1$/,
      'newer',
    ],
    [
      'a format that is no number',
      { ...project, publishedAt, format: 'x' },
      /newer Drover made it, in format x/,
      'newer',
    ],
    ['no agents', { name: 'x', publishedAt }, /it has no agents/, 'older'],
    [
      'an agent without an image',
      { name: 'x', publishedAt, agents: { a: { skill: '' } } },
      /its agent a has no image/,
      'older',
    ],
    [
      'an agent that is none',
      { name: 'x', publishedAt, agents: { a: 1 } },
      /its agent a has no image/,
      'older',
    ],
    ['nothing', {}, /it has no name/, 'older'],
  ])('is refused where it has %s', (_what, data, message, readableBy) => {
    const reading = () => readRelease('r', data as Parameters<typeof readRelease>[1]);
    expect(reading).toThrow(UnreadableRelease);
    expect(reading).toThrow(message);
    expect(reading).toThrow(expect.objectContaining({ release: 'r', readableBy }));
  });
});

describe('functions that meet a release of an older Drover', () => {
  it('work as they did, by what it says', async () => {
    const world = await createWorld({ project });
    const pointer = await world.ports.documents.get<Current>(currentPath);
    const path = `releases/${pointer?.data.release}`;
    const found = await world.ports.documents.get(path);
    const { format: _, drover: __, ...old } = found?.data ?? {};
    const { skill = '', image = '', webhooks = [] } = project.agents.triage ?? {};
    await world.ports.documents.commit([
      { op: 'set', path, data: { ...old, agents: { triage: { skill, image, webhooks } } } },
    ]);
    await world.advance(10_000);
    const { triage = '' } = await world.deliver('1');
    await world.advance(10);
    await world.exit(triage, { exitCode: 0 });
    await world.advance(10);
    expect(await world.run(triage)).toMatchObject({ state: 'succeeded', timeout: 3_600 });
  });
});

describe('functions that meet a release of a newer Drover', () => {
  async function tooNew() {
    const world = await createWorld({ project });
    const { ports } = world;
    const pointer = await ports.documents.get<Current>(currentPath);
    const path = `releases/${pointer?.data.release}`;
    await ports.documents.commit([{ op: 'update', path, fields: { format: 2 } }]);
    return { world, releases: createReleases(ports), path };
  }

  it('are to try again, and say what is wrong', async () => {
    const { releases } = await tooNew();
    const refused = await releases.current().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Retryable);
    expect(String(refused)).toContain('cannot be read');
  });

  it('go on as soon as it can be read, for they remember no refusal', async () => {
    const { world, releases, path } = await tooNew();
    await expect(releases.current()).rejects.toThrow(UnreadableRelease);
    await world.ports.documents.commit([{ op: 'update', path, fields: { format: 1 } }]);
    expect((await releases.current())?.release.name).toBe(project.name);
  });

  it('admit nothing, so that the sender hears of it and may send again', async () => {
    const { world } = await tooNew();
    await world.advance(10_000);
    await expect(world.deliver('1')).rejects.toThrow('cannot be read');
    expect(await world.runs()).toEqual([]);
  });
});
