import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { AuditEntry } from '../audit/audit.ts';
import type { Delivery } from './delivery.ts';
import { type Replayed, type ReplayRequest, replayDelivery } from './replay.ts';

const labelled = (label: string) => ({ scale: 2, webhooks: [onGithub({ labels: [label] })] });
const project = projectOf({ dev: labelled('agent'), review: labelled('review') });

async function replay(world: World, id = 'github:1', request: Partial<ReplayRequest> = {}) {
  const published = await world.releases.current();
  if (!published) throw new Error('no release');
  const actor = { who: 'mara@acme.test', why: 'the fence was mended' };
  return replayDelivery(world.ports, settings, published, id, { actor, key: 'k1', ...request });
}

async function replayed(...args: Parameters<typeof replay>): Promise<Replayed> {
  const result = await replay(...args);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

async function deliveryOf(world: World): Promise<Delivery> {
  const found = await world.ports.documents.get<Delivery>('deliveries/github:1');
  if (!found) throw new Error('no delivery');
  return found.data;
}

const audit = (world: World) =>
  world.ports.documents.query<AuditEntry>({ collection: 'audit', limit: 10 });

describe('a replay', () => {
  it('starts the work once more, as runs of their own, and says who wanted it', async () => {
    const world = await createWorld({ project });
    const first = await world.deliver('1', { labels: ['agent'] });
    const { runs, unmatched, isNew } = await replayed(world);
    expect(isNew).toBe(true);
    expect(Object.keys(runs)).toEqual(['dev']);
    expect(runs.dev).not.toBe(first.dev);
    expect(unmatched).toHaveProperty('review');
    expect(await world.run(runs.dev ?? '')).toMatchObject({
      trigger: { type: 'replay', source: 'github', delivery: 'github:1', by: 'mara@acme.test' },
      context: { labels: ['agent'], receiptId: 'github:1', timestamp: '2026-03-01T12:00:00.000Z' },
      links: { delivery: 'deliveries/github:1' },
    });
    expect(await deliveryOf(world)).toMatchObject({
      replays: 1,
      runs: first,
      replayed: runs,
      outcome: 'ran',
      summary: 'issues.labeled started dev; replayed once, last by mara@acme.test: started dev',
    });
    const [entry, ...others] = await audit(world);
    expect(others).toEqual([]);
    expect(entry?.data).toMatchObject({
      who: 'mara@acme.test',
      why: 'the fence was mended',
      action: 'delivery.replay',
      target: 'deliveries/github:1',
    });
    await world.settle();
    expect(world.started).toContain(`drover-${runs.dev}`);
  });

  it('asks the release of today', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['bug'] });
    await world.publish(projectOf({ triage: labelled('bug') }));
    expect(Object.keys((await replayed(world)).runs)).toEqual(['triage']);
    expect(await deliveryOf(world)).toMatchObject({ outcome: 'ran', runs: {} });
  });

  it('does nothing new for the same key, whatever was published since', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['agent'] });
    const first = await replayed(world);
    await world.publish(projectOf({ dev: {}, review: {} }));
    expect(await replayed(world)).toEqual({ ...first, isNew: false });
    expect((await deliveryOf(world)).replays).toBe(1);
    expect(await audit(world)).toHaveLength(1);
    expect(await world.runs()).toHaveLength(2);
  });

  it('is another one for another key', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['agent'] });
    const first = await replayed(world);
    const second = await replayed(world, 'github:1', { key: 'k2' });
    expect(second.runs.dev).not.toBe(first.runs.dev);
    expect((await deliveryOf(world)).summary).toContain('replayed 2 times');
  });

  it('happens once when it is asked for many times at once', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['agent'] });
    const answers = await Promise.all(Array.from({ length: 8 }, () => replayed(world)));
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ runs }) => runs.dev)).size).toBe(1);
    expect((await deliveryOf(world)).replays).toBe(1);
  });

  it('is counted, each of many at once with keys of their own', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['agent'] });
    const keys = Array.from({ length: 6 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key) => replayed(world, 'github:1', { key })));
    expect((await deliveryOf(world)).replays).toBe(6);
    expect(await world.runs()).toHaveLength(7);
  });

  it('can be for some agents only, and says which it does not know', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['agent', 'review'] });
    const agents = ['review', 'nobody', '__proto__', ''];
    const { runs, unmatched } = await replayed(world, 'github:1', { agents });
    expect(Object.keys(runs)).toEqual(['review']);
    expect(Object.keys(unmatched).sort()).toEqual(['', '__proto__', 'nobody']);
    expect(unmatched.nobody?.[0]).toMatch(/^agent: release .* has no such agent$/);
  });

  it('that starts nothing is noted all the same', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['bug'] });
    expect(await replayed(world)).toMatchObject({ runs: {}, isNew: true });
    expect(await deliveryOf(world)).toMatchObject({ replays: 1, outcome: 'nothing' });
    expect(await audit(world)).toHaveLength(1);
  });

  it('makes a later redelivery a repetition: its work was done', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['bug'] });
    await world.publish(projectOf({ triage: labelled('bug') }));
    const { runs } = await replayed(world);
    expect(await world.deliver('1', { labels: ['bug'] })).toEqual(runs);
    expect(await world.runs()).toHaveLength(1);
  });

  it('of a delivery that is not there is unknown', async () => {
    const world = await createWorld({ project });
    for (const id of ['github:2', '', 'github:1/body/000', '../x']) {
      expect(await replay(world, id)).toBe('unknown');
    }
  });

  it('of a delivery whose body is gone says so, and does nothing', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['agent'] });
    await world.ports.documents.commit([{ op: 'delete', path: 'deliveries/github:1/body/000' }]);
    expect(await replay(world)).toBe('body_gone');
    expect((await deliveryOf(world)).replays).toBe(0);
    expect(await world.runs()).toHaveLength(1);
  });

  it('keeps to the limits of Firestore, whatever its key is', async () => {
    const world = await createWorld({ project });
    await world.deliver('1', { labels: ['agent'] });
    for (const key of ['', '/', '..', '__x__', 'k'.repeat(100_000), '\u0000\ud800']) {
      expect(await replayed(world, 'github:1', { key })).toMatchObject({ isNew: true });
    }
  });
});
