import { describe, expect, it } from 'vitest';
import { publishOver } from '../../shared/projects/publish.ts';
import { onGithub, projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { releaseFacts, releaseTable } from './release-lines.ts';
import { getRelease, listReleases } from './releases.ts';

const by = { who: 'ada@example.com', why: '' };

/** A world in which three releases were published, an hour apart. */
async function three() {
  const world = await createWorld({ project: projectOf({ first: {} }) });
  const { ports } = world;
  for (const agents of [{ second: {} }, { second: {}, third: { webhooks: [onGithub()] } }]) {
    await world.advance(3_600_000);
    await publishOver(ports, projectOf(agents), { by, drover: '1.2.3' });
  }
  return { documents: ports.documents, now: ports.clock.now() };
}

describe('the list of releases', () => {
  it('has the newest first, the current one, and how far back the others are', async () => {
    const { documents } = await three();
    expect(await listReleases(documents, 9)).toMatchObject([
      {
        isCurrent: true,
        back: null,
        publishedBy: by.who,
        drover: '1.2.3',
        agents: ['second', 'third'],
      },
      { isCurrent: false, back: 1, agents: ['second'] },
      { isCurrent: false, back: 2, publishedBy: null, drover: null, agents: ['first'] },
    ]);
    expect(await listReleases(documents, 1)).toHaveLength(1);
  });

  it('has releases that this Drover cannot read, and says so', async () => {
    const { documents, now } = await three();
    const [first] = await listReleases(documents, 1);
    const path = `releases/${first?.release}`;
    await documents.commit([{ op: 'update', path, fields: { format: 9 } }]);
    const list = await listReleases(documents, 9);
    expect(list[0]).toMatchObject({ agents: null, isCurrent: true });
    expect(releaseTable(list, 80, now)[1]).toContain('cannot be read by');
  });

  it('is a table that fits, also where there is little room', async () => {
    const { documents, now } = await three();
    const list = await listReleases(documents, 9);
    for (const width of [80, 40]) {
      const lines = releaseTable(list, width, now);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(lines.join('\n')).toContain(list[0]?.release);
    }
    expect(releaseTable(list, 80, now)).toEqual([
      expect.stringMatching(/^release {7}now {2}published {2}by {15}agents +drover$/),
      expect.stringMatching(
        /^\w{12} {2}\* {4}now {8}ada@example\.com {2}second, third {2}1\.2\.3$/,
      ),
      expect.stringMatching(/^\w{12} {2}-1 {3}60 min ago|1 h ago/),
      expect.stringMatching(/^\w{12} {2}-2 {3}2 h ago/),
    ]);
    expect(releaseTable([], 80, now)).toEqual(['no release yet']);
  });
});

describe('one release', () => {
  it('is the current one where none is named', async () => {
    const { documents, now } = await three();
    const found = await getRelease(documents);
    expect(found.id).toBe(found.current?.release);
    const lines = releaseFacts(found, 80, now);
    expect(lines[0]).toMatch(/^release {4}\w{12}, current, since 2026-\S+ by$/);
    expect(lines).toContain('made by    Drover 1.2.3');
    expect(lines.slice(lines.indexOf('agent third'))).toEqual([
      'agent third',
      '    image        agents/test',
      '    triggers     source=github',
    ]);
  });

  it.each(['ffffffffffff', 'x', '../project/current'])('is none of the name %s', async (name) => {
    const { documents } = await three();
    await expect(getRelease(documents, name)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  });
});
