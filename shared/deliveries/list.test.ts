import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { accept } from './accept.ts';
import { type DeliveryFilter, listDeliveries } from './list.ts';

const project = projectOf({ dev: { webhooks: [onGithub({ events: ['issues'] })] } });

async function page(world: World, filter: Partial<DeliveryFilter> = {}) {
  const found = await listDeliveries(world.ports, { limit: 100, ...filter });
  if (found === 'bad_cursor') throw new Error(found);
  return { ids: found.deliveries.map(({ id }) => id.replace('github:', '')), next: found.next };
}

/** Every page, until there is none. */
async function all(world: World, filter: Partial<DeliveryFilter>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const { ids: found, next } = await page(world, { ...filter, cursor });
    ids.push(...found);
    if (next === null) return ids;
    cursor = next;
  }
}

describe('the list of deliveries', () => {
  it('has the newest first', async () => {
    const world = await createWorld({ project });
    for (const id of ['1', '2', '3']) {
      await world.deliver(id);
      await world.advance(1_000);
    }
    expect(await page(world)).toEqual({ ids: ['3', '2', '1'], next: null });
  });

  it('is empty when nothing came', async () => {
    const world = await createWorld({ project });
    expect(await page(world)).toEqual({ ids: [], next: null });
  });

  it('comes in pages that have each delivery once, also those of one millisecond', async () => {
    const world = await createWorld({ project });
    const ids = Array.from({ length: 7 }, (_, index) => `d${index}`);
    for (const id of ids) await world.deliver(id);
    for (const limit of [1, 2, 3, 7, 8]) {
      expect(await all(world, { limit })).toEqual(ids.toReversed());
    }
  });

  it('goes on where it was, whatever came in the meantime', async () => {
    const world = await createWorld({ project });
    for (const id of ['1', '2', '3', '4']) {
      await world.deliver(id);
      await world.advance(1_000);
    }
    const first = await page(world, { limit: 2 });
    await world.deliver('5');
    await world.deliver('6');
    const second = await page(world, { limit: 2, cursor: first.next ?? undefined });
    expect([...first.ids, ...second.ids]).toEqual(['4', '3', '2', '1']);
  });

  it('keeps the place of one that is looked at again', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { event: 'push' });
    await world.advance(1_000);
    await world.deliver('2', { event: 'push' });
    await world.advance(1_000);
    await world.deliver('1', { event: 'push' });
    expect((await page(world)).ids).toEqual(['2', '1']);
  });

  it('is narrowed by source, event and outcome, each with each', async () => {
    const world = await createWorld({ project });
    await world.deliver('ran', { event: 'issues' });
    await world.deliver('nothing', { event: 'push' });
    const published = await world.releases.current();
    if (!published) throw new Error('no release');
    await accept(world.ports, settings, published, {
      sources: ['github', 'other'],
      deliveryId: 'both',
      context: { source: 'github', event: 'push', repo: '', sender: '', timestamp: '' },
      payload: {},
      body: Buffer.from('{}'),
      contentType: 'application/json',
      isSigned: false,
    });
    const expected: [Partial<DeliveryFilter>, string[]][] = [
      [{ source: 'github' }, ['ran', 'nothing', 'both']],
      [{ source: 'other' }, ['both']],
      [{ source: 'unknown' }, []],
      [{ event: 'push' }, ['nothing', 'both']],
      [{ outcome: 'ran' }, ['ran']],
      [{ outcome: 'nothing', event: 'push', source: 'github' }, ['nothing', 'both']],
      [{ outcome: 'ran', event: 'push' }, []],
      [{ source: 'other', event: 'push' }, ['both']],
      [{ source: 'github', outcome: 'ran' }, ['ran']],
    ];
    for (const [filter, ids] of expected) {
      expect((await all(world, { ...filter, limit: 1 })).sort()).toEqual(ids.sort());
    }
  });

  it('takes no cursor but its own', async () => {
    const world = await createWorld({ project });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (cursor) => {
        const found = await listDeliveries(world.ports, { limit: 1, cursor });
        expect(found).toBe('bad_cursor');
      }),
    );
  });

  it.each([0, -1, Number.NaN, 1.5, 1e9])(
    'takes a limit of %s for one that it can have',
    async (limit) => {
      const world = await createWorld({ project });
      await world.deliver('1');
      expect((await page(world, { limit })).ids).toEqual(['1']);
    },
  );
});
