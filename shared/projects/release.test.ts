import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { onOneClock } from '../one-clock.ts';
import type { Ports } from '../ports/index.ts';
import { publish } from './publish.ts';
import { type Current, createReleases, currentPath, pointerMs } from './release.ts';

const project = projectOf({ triage: {} });
const another = { ...project, name: 'another' };

/** A world, and the ports of an instance of it whose clock is ahead by this much, with the documents it reads. */
async function instance(aheadMs: number) {
  const world = await createWorld({ project });
  const { clock, documents } = world.ports;
  const reads: string[] = [];
  const ports: Ports = onOneClock({
    ...world.ports,
    clock: { ...clock, now: () => clock.now() + aheadMs },
    documents: {
      ...documents,
      get: (path, tellTime) => {
        reads.push(path);
        return documents.get(path, tellTime);
      },
    },
  });
  return { world, ports, reads };
}

describe('the releases that an instance knows', () => {
  it('cost no read while the pointer is young', async () => {
    const { world, ports, reads } = await instance(0);
    const releases = createReleases(ports);
    await releases.current();
    await world.advance(pointerMs - 1);
    await releases.current();
    expect(reads).toHaveLength(2);
  });

  it.each([4_000, -4_000, 600_000, -600_000])(
    'are no older than the pointer may be, although its clock was ahead by %i ms at first',
    async (aheadMs) => {
      const { world, ports, reads } = await instance(aheadMs);
      const releases = createReleases(ports);
      await releases.current();
      await publish(world.ports, another);
      await world.advance(1_000);
      await releases.current();
      expect(reads.filter((path) => path === currentPath)).toHaveLength(1);
      await world.advance(pointerMs);
      expect((await releases.current())?.release.name).toBe('another');
    },
  );
});

describe('publishing', () => {
  it('says since when a release is current by the time of Firestore', async () => {
    for (const aheadMs of [600_000, -600_000]) {
      const { world, ports } = await instance(aheadMs);
      await publish(ports, another);
      const current = await world.ports.documents.get<Current>(currentPath);
      const since = Date.parse(current?.data.publishedAt ?? '');
      expect(Math.abs(since - world.ports.clock.now())).toBeLessThan(1_000);
    }
  });

  it('makes a release of the same contents once', async () => {
    const { world, ports } = await instance(0);
    const first = await publish(ports, another);
    await world.advance(60_000);
    const before = await ports.documents.get(`releases/${first}`);
    expect(await publish(ports, another)).toBe(first);
    expect((await ports.documents.get(`releases/${first}`))?.version).toBe(before?.version);
  });
});
