import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { accept } from './accept.ts';
import type { Delivery, Incoming } from './delivery.ts';
import { windowMs } from './repeat.ts';

/** A request of a sender without ids. */
function request(body: string, fields: Partial<Incoming> = {}): Incoming {
  return {
    sources: ['github'],
    deliveryId: null,
    context: {
      source: 'github',
      event: 'issues',
      action: 'labeled',
      repo: 'acme/pasture',
      sender: 'octavia',
      timestamp: '2026-03-01T12:00:00.000Z',
    },
    payload: {},
    body: Buffer.from(body),
    contentType: 'application/json',
    isSigned: true,
    ...fields,
  };
}

/** Sends it to an instance whose clock is ahead by `ms`. */
async function send(world: World, incoming: Incoming, ms = 0) {
  const published = await world.releases.current();
  if (!published) throw new Error('no release');
  const clock = { ...world.ports.clock, now: () => world.ports.clock.now() + ms };
  return accept({ ...world.ports, clock }, settings, published, incoming);
}

const deliveries = (world: World) =>
  world.ports.documents.query<Delivery>({ collection: 'deliveries', limit: 100 });

const onOpened = { webhooks: [{ source: 'github', filters: { actions: ['opened'] }, if: null }] };

describe('a delivery whose sender has no ids', () => {
  it('is the same one when the same bytes come again within ten minutes', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    const first = await send(world, request('{"a":1}'));
    expect(first).toMatchObject({ duplicate: false });
    expect(first.delivery).toMatch(/^github:sha256-[0-9a-f]{32}-/);
    await world.advance(windowMs - 1);
    expect(await send(world, request('{"a":1}'))).toMatchObject({ ...first, duplicate: true });
    expect(await world.runs()).toHaveLength(1);
  });

  it('is a new event when the same bytes come later', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    const first = await send(world, request('{"a":1}'));
    await world.advance(windowMs);
    const later = await send(world, request('{"a":1}'));
    expect(later).toMatchObject({ duplicate: false });
    expect(later.delivery).not.toBe(first.delivery);
    await world.advance(windowMs - 1);
    expect(await send(world, request('{"a":1}'))).toMatchObject({ ...later, duplicate: true });
    expect(await world.runs()).toHaveLength(2);
  });

  it('is another one with other bytes, or of another source', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    await send(world, request('{"a":1}'));
    await send(world, request('{"a":2}'));
    await send(world, request('{"a":1}', { sources: ['other', 'github'] }));
    expect(await deliveries(world)).toHaveLength(3);
  });

  it('starts one run when it comes many times at once, also at the end of its window', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    const atOnce = () =>
      Promise.all(Array.from({ length: 10 }, () => send(world, request('{"a":1}'))));
    const first = await atOnce();
    expect(new Set(first.map(({ runs }) => runs.dev)).size).toBe(1);
    expect(await world.runs()).toHaveLength(1);
    await world.advance(windowMs);
    const later = await atOnce();
    expect(new Set(later.map(({ runs }) => runs.dev)).size).toBe(1);
    expect(await world.runs()).toHaveLength(2);
  });

  it('starts one run though instances, whose clocks differ, take it up as a new event at once', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    const first = await send(world, request('{"a":1}'));
    await world.advance(windowMs);
    const later = await Promise.all(
      Array.from({ length: 10 }, (_, ms) => send(world, request('{"a":1}'), ms)),
    );
    expect(new Set(later.map(({ delivery }) => delivery)).size).toBe(1);
    expect(later[0]?.delivery).not.toBe(first.delivery);
    expect(await world.runs()).toHaveLength(2);
    expect(await deliveries(world)).toHaveLength(2);
  });

  it('has a run for each delivery that it is, where clocks are on both sides of the window', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    await send(world, request('{"a":1}'));
    await world.advance(windowMs - 5);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, ms) => send(world, request('{"a":1}'), ms)),
    );
    const known = (await deliveries(world)).map(({ id }) => id);
    expect(known.length).toBeLessThanOrEqual(2);
    expect(new Set(answers.map(({ runs }) => runs.dev)).size).toBeLessThanOrEqual(known.length);
    expect(await world.runs()).toHaveLength(known.length);
  });

  it('is looked at again when it produced nothing', async () => {
    const world = await createWorld({ project: projectOf({ dev: onOpened }) });
    const first = await send(world, request('{"a":1}'));
    expect(first.runs).toEqual({});
    await world.publish(projectOf({ dev: {} }));
    const again = await send(world, request('{"a":1}'));
    expect(again).toMatchObject({ delivery: first.delivery, duplicate: false });
    expect(Object.keys(again.runs)).toEqual(['dev']);
    expect(await send(world, request('{"a":1}'))).toMatchObject({ duplicate: true });
    const [only, ...others] = await deliveries(world);
    expect(others).toEqual([]);
    expect(only?.data).toMatchObject({ looks: 2, deliveryId: null, outcome: 'ran' });
  });

  it('is kept whole when it is large, and repeated', async () => {
    const world = await createWorld({ project: projectOf({ dev: onOpened }) });
    const body = JSON.stringify('x'.repeat(3_000_000));
    const { delivery } = await send(world, request(body));
    await world.publish(projectOf({ dev: {} }));
    expect(await send(world, request(body))).toMatchObject({ delivery, duplicate: false });
    expect(await send(world, request(body))).toMatchObject({ delivery, duplicate: true });
    expect(await world.runs()).toHaveLength(1);
  });

  it('costs one commit and no read, with an id or without', async () => {
    const calls: string[] = [];
    const world = await createWorld({
      project: projectOf({ dev: {} }),
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          get: (path) => {
            calls.push(`get ${path}`);
            return ports.documents.get(path);
          },
          commit: (writes) => {
            calls.push(`commit ${writes.length}`);
            return ports.documents.commit(writes);
          },
        },
      }),
    });
    await world.releases.current();
    calls.length = 0;
    await send(world, request('{}', { deliveryId: '1' }));
    expect(calls).toEqual(['commit 3']);
    calls.length = 0;
    await send(world, request('{}'));
    expect(calls).toEqual(['commit 4']);
  });
});
