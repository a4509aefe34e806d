import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { listAudit } from '../audit/list.ts';
import { homeSecretId, keepCredential } from '../credentials/home.ts';
import { CloudError, type Documents, type Write } from '../ports/index.ts';
import type { PublishPorts } from './move-pointer.ts';
import type { Project } from './project.ts';
import { publish, publishOver } from './publish.ts';
import { type Current, currentPath, type Release } from './release.ts';
import { releaseId } from './release-format.ts';
import { rescale } from './rescale.ts';

const ada = { who: 'ada@example.com', why: 'a new agent' };
const bob = { who: 'bob@example.com', why: '' };
const first = projectOf({ triage: {} });
const second = projectOf({ triage: { timeout: 90 } });
const third = projectOf({ triage: { timeout: 120 } });

async function pointer({ ports }: World): Promise<Current> {
  const found = await ports.documents.get<Current>(currentPath);
  if (!found) throw new Error('nothing is published');
  return found.data;
}

/** The world's ports, with commits that go through `commit`, and every commit that was tried. */
function watched(
  { ports }: World,
  commit: (
    writes: readonly Write[],
    real: Documents['commit'],
  ) => ReturnType<Documents['commit']> = (writes, real) => real(writes),
): PublishPorts & { tried: (readonly Write[])[] } {
  const tried: (readonly Write[])[] = [];
  const { documents, ...rest } = ports;
  return {
    ...rest,
    tried,
    documents: {
      ...documents,
      commit: (writes) => {
        tried.push(writes);
        return commit(writes, documents.commit);
      },
    },
  };
}

async function releases({ ports }: World): Promise<string[]> {
  const found = await ports.documents.query({ collection: 'releases', limit: 99 });
  return found.map(({ id }) => id).sort();
}

describe('publishing', () => {
  it('writes the release, the pointer and who did it in one commit', async () => {
    const world = await createWorld({ project: first });
    const ports = watched(world);
    const base = releaseId(first);
    expect(await publishOver(ports, second, { by: ada, base, drover: '1.2.3' })).toEqual({
      ok: true,
      release: releaseId(second),
      changed: true,
    });
    const path = `releases/${releaseId(second)}`;
    expect(
      ports.tried.map((writes) => writes.map(({ op, path }) => [op, path.split('/')[0]])),
    ).toEqual([
      [
        ['create', 'releases'],
        ['update', 'project'],
        ['create', 'audit'],
      ],
    ]);
    expect((await world.ports.documents.get<Release>(path))?.data).toMatchObject({
      ...second,
      publishedBy: ada.who,
      drover: '1.2.3',
      format: 1,
    });
    expect(await pointer(world)).toMatchObject({
      release: releaseId(second),
      moved: { by: ada.who, at: expect.stringMatching(/^2026-/) },
      history: [base],
    });
    const { documents } = await listAudit(world.ports, 10);
    expect(documents.map(({ data }) => data)).toMatchObject([
      { ...ada, action: 'project.publish', target: path },
    ]);
  });

  it('of what is current writes nothing', async () => {
    const world = await createWorld({ project: first });
    const ports = watched(world);
    const id = releaseId(first);
    expect(await publishOver(ports, first, { by: ada, base: id })).toEqual({
      ok: true,
      release: id,
      changed: false,
    });
    expect(ports.tried).toEqual([]);
  });

  it('leaves nothing behind where another release became current since it was looked at', async () => {
    const world = await createWorld({ project: first });
    await publishOver(world.ports, second, { by: bob });
    const before = await releases(world);
    const refused = await publishOver(world.ports, third, { by: ada, base: releaseId(first) });
    expect(refused).toMatchObject({
      ok: false,
      reason: 'moved',
      current: { release: releaseId(second), moved: { by: bob.who } },
    });
    expect(await releases(world)).toEqual(before);
    expect((await pointer(world)).release).toBe(releaseId(second));
  });

  it('lets one of two win that publish at once over the same release', async () => {
    const world = await createWorld({ project: first });
    const base = releaseId(first);
    const both = await Promise.all([
      publishOver(world.ports, second, { by: ada, base }),
      publishOver(world.ports, third, { by: bob, base }),
    ]);
    const won = both.filter(({ ok }) => ok);
    expect(won).toHaveLength(1);
    expect(both.filter((each) => !each.ok && each.reason === 'moved')).toHaveLength(1);
    expect(await releases(world)).toHaveLength(2);
    const { documents } = await listAudit(world.ports, 10);
    expect(documents).toHaveLength(1);
  });

  it('is refused by a scale that somebody changed meanwhile, and says who', async () => {
    const world = await createWorld({ project: first });
    await rescale(world.ports, { agent: 'triage', scale: 4 }, bob);
    const refused = await publishOver(world.ports, second, { by: ada, base: releaseId(first) });
    expect(refused).toMatchObject({ ok: false, current: { moved: { by: bob.who } } });
  });

  it('is no surprise to itself where the answer to its commit was lost', async () => {
    const world = await createWorld({ project: first });
    let isLost = false;
    const ports = watched(world, async (writes, real) => {
      const versions = await real(writes);
      if (isLost) return versions;
      isLost = true;
      throw new CloudError('unavailable', 'the answer was lost');
    });
    expect(await publishOver(ports, second, { by: ada, base: releaseId(first) })).toEqual({
      ok: true,
      release: releaseId(second),
      changed: true,
    });
    expect(ports.tried).toHaveLength(1);
  });

  it('of the first project asks for a place where there is none yet', async () => {
    const world = await createWorld({ project: first });
    await world.ports.documents.commit([{ op: 'delete', path: currentPath }]);
    expect(await publishOver(world.ports, second, { by: ada, base: releaseId(first) })).toEqual({
      ok: false,
      reason: 'moved',
      current: null,
    });
    expect(await publishOver(world.ports, second, { by: ada, base: null })).toMatchObject({
      ok: true,
    });
    expect(await pointer(world)).toMatchObject({ history: [], moved: { by: ada.who } });
  });

  it('makes the same release of the same contents, in whatever order they stand', () => {
    const turned = Object.fromEntries(Object.entries(first).reverse()) as Project;
    expect(releaseId(turned)).toBe(releaseId(first));
    expect(releaseId(second)).not.toBe(releaseId(first));
  });

  it('comes back to the release of the files where a scale was changed and changed back', async () => {
    const world = await createWorld({ project: first });
    await rescale(world.ports, { agent: 'triage', scale: 4 }, bob);
    const back = await rescale(world.ports, { agent: 'triage', scale: 1 }, bob);
    expect(back).toEqual({ ok: true, release: releaseId(first), changed: true });
  });

  it('leaves runs that have begun with the release that they began with', async () => {
    const slow = projectOf({ triage: { timeout: 3_600, webhooks: [onGithub()] } });
    const world = await createWorld({ project: slow });
    const { triage: early = '' } = await world.deliver('1');
    await world.advance(10);
    await publish(world.ports, second);
    await world.advance(10_000);
    const { triage: late = '' } = await world.deliver('2');
    expect((await world.run(early)).release).toBe(releaseId(slow));
    expect((await world.run(early)).timeout).toBe(3_600);
    expect((await world.run(late)).release).toBe(releaseId(second));
    await world.exit(early, { exitCode: 0 });
    await world.advance(10);
    expect(await world.run(early)).toMatchObject({ state: 'succeeded' });
  });

  it.each(['copy', 'direct'] as const)(
    'cannot keep a credential from vanishing before a run needs it (%s): the run ends, and says which',
    async (credentialsDelivery) => {
      const reference = { type: 'github_token', instance: 'default' };
      const needy = projectOf({
        triage: { credentials: ['github_token:default'], credentialsDelivery },
      });
      const world = await createWorld({ project: first });
      await keepCredential(world.ports, reference, { token: Buffer.from('x') });
      world.provision(needy);
      await publish(world.ports, needy);
      await world.ports.secrets.delete(homeSecretId(reference));
      await world.advance(10_000);
      const { triage = '' } = await world.deliver('1');
      await world.advance(60_000);
      expect(await world.run(triage)).toMatchObject({
        state: 'failed',
        reason: 'credential_missing',
        summary: expect.stringContaining('github_token:default'),
      });
    },
  );

  it('replaces a release that this Drover cannot read', async () => {
    const world = await createWorld({ project: first });
    await world.ports.documents.commit([
      { op: 'update', path: `releases/${releaseId(first)}`, fields: { format: 99 } },
    ]);
    expect(await publish(world.ports, second)).toBe(releaseId(second));
    expect((await pointer(world)).release).toBe(releaseId(second));
  });
});
