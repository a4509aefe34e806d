import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { pauseAgent, resumeAgent } from '../agents/pause.ts';
import { replayDelivery } from '../deliveries/replay.ts';
import type { Document } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { expiryOf } from './days.ts';
import { removeOldDeliveries } from './remove-deliveries.ts';
import { removeOldRuns } from './remove-runs.ts';

const dayMs = 86_400_000;
const actor = { who: 'octavia', why: '' };

async function worldOf(historyRetentionDays?: number): Promise<World> {
  const project = projectOf({ triage: {} });
  return createWorld({
    project: { ...project, ...(historyRetentionDays !== undefined && { historyRetentionDays }) },
    container: () => ({ exitCode: 0 }),
  });
}

async function below(world: World, path: string, ...collections: string[]): Promise<Document[]> {
  const { documents } = world.ports;
  const found = collections.map((name) =>
    documents.query({ collection: `${path}/${name}`, limit: 10_000 }),
  );
  return (await Promise.all(found)).flat();
}

const partsOf = (world: World, run: string): Promise<Document[]> =>
  below(world, `runs/${run}`, 'events', 'logs', 'value', 'input');

async function keepLog(world: World, run: string, chunks: number): Promise<void> {
  const expireAt = new Date(world.ports.clock.now() + 400 * dayMs);
  for (let n = 0; n < chunks; n += 1) {
    const id = `line-${String(n).padStart(4, '0')}`;
    const data = { id, lines: [], expireAt };
    await world.ports.documents.commit([{ op: 'create', path: `runs/${run}/logs/${id}`, data }]);
  }
}

async function finished(world: World, delivery: string): Promise<string> {
  const { triage = '' } = await world.deliver(delivery);
  await world.settle();
  expect((await world.run(triage)).dueAt).toBeNull();
  return triage;
}

describe('a run that is over', () => {
  it('is kept for the days of its project, and goes with its journal and its log', async () => {
    const world = await worldOf(10);
    const run = await finished(world, '1');
    await keepLog(world, run, 3);
    await world.advance(10 * dayMs - 60_000);
    expect(await removeOldRuns(world.ports)).toBe(0);
    expect(await partsOf(world, run)).not.toEqual([]);
    await world.advance(60_000);
    expect(await removeOldRuns(world.ports)).toBe(1);
    expect(await world.runs()).toEqual([]);
    expect(await partsOf(world, run)).toEqual([]);
  });

  it('is kept for two weeks where the project says nothing', async () => {
    const world = await worldOf();
    await finished(world, '1');
    await world.advance(13.9 * dayMs);
    expect(await removeOldRuns(world.ports)).toBe(0);
    await world.advance(0.1 * dayMs);
    expect(await removeOldRuns(world.ports)).toBe(1);
  });

  it('keeps the days that were told when it was admitted', async () => {
    const world = await worldOf(10);
    await finished(world, '1');
    await world.publish({ ...projectOf({ triage: {} }), historyRetentionDays: 30 });
    await world.advance(10 * dayMs);
    expect(await removeOldRuns(world.ports)).toBe(1);
  });

  it('takes what it had no room for along', async () => {
    const world = await worldOf(7);
    const run = await finished(world, '1');
    const { documents, clock } = world.ports;
    const text = { text: 'x'.repeat(9_000), expireAt: expiryOf(clock.now(), 400) };
    await documents.commit([
      { op: 'create', path: `runs/${run}/value/0`, data: text },
      { op: 'create', path: `runs/${run}/input/0`, data: text },
      { op: 'update', path: `runs/${run}`, fields: { returnBytes: 9_000, promptBytes: 9_000 } },
    ]);
    await world.advance(7 * dayMs);
    await removeOldRuns(world.ports);
    expect(await partsOf(world, run)).toEqual([]);
  });

  it('stays as long as its log is not all gone, which long ones take more than one sweep for', async () => {
    const world = await worldOf(7);
    const run = await finished(world, '1');
    await keepLog(world, run, 2_010);
    await world.advance(7 * dayMs);
    expect(await removeOldRuns(world.ports)).toBe(0);
    expect(await below(world, `runs/${run}`, 'logs')).toHaveLength(10);
    expect(await removeOldRuns(world.ports)).toBe(1);
    expect(await partsOf(world, run)).toEqual([]);
  });

  it('stays as long as something of it is left to do', async () => {
    const world = await worldOf(7);
    const run = await finished(world, '1');
    const { documents, clock } = world.ports;
    await world.advance(7 * dayMs);
    const due = { dueAt: new Date(clock.now()) };
    await documents.commit([{ op: 'update', path: `runs/${run}`, fields: due }]);
    expect(await removeOldRuns(world.ports)).toBe(0);
    expect((await world.run(run)).expireAt).toEqual(expiryOf(clock.now(), 1));
    expect(await partsOf(world, run)).not.toEqual([]);
  });

  it('goes by the sweep of each fifth minute, many of them in one', async () => {
    const world = await worldOf(7);
    for (let n = 0; n < 15; n += 1) await finished(world, `${n}`);
    await world.advance(7 * dayMs + 60_000);
    await world.tick();
    expect(await world.runs()).toHaveLength(15);
    await world.advance(4 * 60_000);
    await world.tick();
    expect(await world.runs()).toEqual([]);
  });

  it('is left to the next look when there is no more time for it', async () => {
    const world = await worldOf(7);
    for (const id of ['1', '2', '3', '4', '5', '6']) await finished(world, id);
    await world.advance(7 * dayMs);
    let looks = 0;
    const removed = await removeOldRuns(world.ports, () => {
      looks += 1;
      return looks <= 8;
    });
    expect(removed).toBeGreaterThan(0);
    expect(removed).toBeLessThan(6);
    expect(await world.runs()).toHaveLength(6 - removed);
    expect(await removeOldRuns(world.ports)).toBe(6 - removed);
  });

  it('goes for what an older Drover wrote as well', async () => {
    const world = await worldOf();
    const run = await finished(world, '1');
    const { documents } = world.ports;
    const found = await documents.get<Run>(`runs/${run}`);
    const { keptDays: _unknown, ...old } = found?.data ?? {};
    await documents.commit([{ op: 'set', path: `runs/${run}`, data: old }]);
    await world.advance(14 * dayMs);
    expect(await removeOldRuns(world.ports)).toBe(1);
  });
});

describe('a delivery', () => {
  const removed = async (world: World): Promise<number> => {
    await removeOldRuns(world.ports);
    return removeOldDeliveries(world.ports);
  };

  it('goes with its body a day after the runs that it started at once', async () => {
    const world = await worldOf(10);
    await finished(world, '1');
    await world.advance(10 * dayMs);
    expect(await removed(world)).toBe(0);
    expect(await below(world, 'deliveries/github:1', 'body')).toHaveLength(1);
    await world.advance(dayMs);
    expect(await removed(world)).toBe(1);
    expect(await below(world, 'deliveries/github:1', 'body')).toEqual([]);
    expect(await world.ports.documents.get('deliveries/github:1')).toBeUndefined();
  });

  it('is known for seven days to whoever sends it again, however short the history is', async () => {
    const world = await worldOf(1);
    const first = await finished(world, '1');
    await world.advance(7 * dayMs - 1_000);
    await world.tick();
    expect(await world.deliver('1')).toEqual({ triage: first });
    expect(await world.runs()).toHaveLength(1);
  });

  it('is known for as long as it is there after its runs are gone', async () => {
    const world = await worldOf(7);
    const first = await finished(world, '1');
    await world.advance(7 * dayMs + 5 * 60_000);
    await world.tick();
    expect(await world.runs()).toEqual([]);
    expect(await world.deliver('1')).toEqual({ triage: first });
    expect(await world.runs()).toEqual([]);
  });

  it('is kept, and its body, for as long as a pause holds its run', async () => {
    const world = await worldOf(7);
    await pauseAgent(world.ports, 'triage', actor);
    const { triage = '' } = await world.deliver('1');
    for (let day = 0; day < 40; day += 1) {
      await world.advance(dayMs);
      await world.tick();
    }
    expect(await below(world, 'deliveries/github:1', 'body')).toHaveLength(1);
    await resumeAgent(world.ports, 'triage', actor);
    await world.settle();
    expect((await world.run(triage)).state).toBe('succeeded');
    await world.advance(9 * dayMs);
    await world.tick();
    await world.advance(dayMs);
    await world.tick();
    expect(await world.ports.documents.get('deliveries/github:1')).toBeUndefined();
  });

  it('begins its days anew, and its body as well, when it is replayed', async () => {
    const world = await worldOf(7);
    await finished(world, '1');
    await world.advance(7 * dayMs);
    const current = await world.releases.current();
    if (!current) throw new Error('no release');
    await replayDelivery(world.ports, settings, current, 'github:1', { actor, key: 'again' });
    await world.settle();
    await world.advance(7.5 * dayMs);
    world.expire();
    await world.tick();
    expect(await below(world, 'deliveries/github:1', 'body', 'replays')).toHaveLength(2);
    await world.advance(dayMs);
    await world.tick();
    expect(await below(world, 'deliveries/github:1', 'body', 'replays')).toEqual([]);
    expect(await world.ports.documents.get('deliveries/github:1')).toBeUndefined();
  });
});

describe('the TTL policy', () => {
  it('has removed everything at last, where no sweep did', async () => {
    const world = await worldOf(7);
    const run = await finished(world, '1');
    await keepLog(world, run, 2);
    world.expire();
    expect(await world.runs()).toHaveLength(1);
    await world.advance(15 * dayMs);
    world.expire();
    expect(await world.runs()).toEqual([]);
    expect(await world.ports.documents.get('deliveries/github:1')).toBeUndefined();
    await world.advance(400 * dayMs);
    world.expire();
    expect(await partsOf(world, run)).toEqual([]);
  });
});
