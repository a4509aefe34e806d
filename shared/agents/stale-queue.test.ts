import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { Documents, Ports } from '../ports/index.ts';
import { killRun } from '../runs/kill.ts';
import { wakeDispatch } from '../runs/wake.ts';
import { projectShares } from './project-share.ts';
import { dropOverflow } from './queue.ts';
import { admit } from './test-runs.ts';

const key = { concurrencyKey: 'one' };

/** A world in which one look at the queue may be shown as it was before. */
async function worldOf() {
  const concurrency = { key: 'one', busy: 'cancel' } as const;
  const agents = { triage: { scale: 5, timeout: 3_600, concurrency } };
  let shown: Awaited<ReturnType<Documents['query']>> | undefined;
  const wrap = (ports: Ports): Ports => {
    const query = async (asked: Parameters<Documents['query']>[0]) => {
      const found = shown;
      if (!found || asked.where?.[1]?.[2]?.toString() !== 'queued') {
        return ports.documents.query(asked);
      }
      shown = undefined;
      return found;
    };
    return { ...ports, documents: { ...ports.documents, query: query as Documents['query'] } };
  };
  const world = await createWorld({ project: projectOf(agents), wrap });
  const dispatch = async (): Promise<void> => {
    await wakeDispatch(world.ports, 'triage');
    await world.advance(10);
  };
  const queue = () => queueOf(world);
  const dispatchWith = async (seen: Awaited<ReturnType<typeof queue>>): Promise<void> => {
    shown = seen;
    await dispatch();
    expect(shown).toBeUndefined();
  };
  return { world, dispatch, queue, dispatchWith };
}

function queueOf({ ports }: World) {
  return ports.documents.query({
    collection: 'runs',
    where: [['state', 'in', ['queued']]],
    orderBy: [['admittedAt', 'asc']],
    limit: 10,
  });
}

const stateOf = async (world: World, id: string): Promise<string> => (await world.run(id)).state;

describe('a queue that was read before the slots', () => {
  it('makes no run that has its slot by now give way to itself', async () => {
    const { world, dispatch, queue, dispatchWith } = await worldOf();
    await admit(world.ports, 'triage', 1, key);
    const seen = await queue();
    await dispatch();
    expect(await stateOf(world, 'triage-1')).toBe('running');
    await dispatchWith(seen);
    expect(await stateOf(world, 'triage-1')).toBe('running');
  });

  it('makes no run give way to one that has left the queue meanwhile', async () => {
    const { world, dispatch, queue, dispatchWith } = await worldOf();
    await admit(world.ports, 'triage', 1, key);
    await dispatch();
    await admit(world.ports, 'triage', 2, key);
    const seen = await queue();
    await killRun(world.ports, world.releases, 'triage-2', { who: 'somebody', why: '' });
    await dispatchWith(seen);
    expect(await stateOf(world, 'triage-1')).toBe('running');
  });

  it('cannot be dropped from by anybody who counted it before others gave way', async () => {
    const { world, dispatch } = await worldOf();
    await admit(world.ports, 'triage', 0, key);
    await dispatch();
    await admit(world.ports, 'triage', 1, key);
    await world.advance(10);
    await admit(world.ports, 'triage', 2, key);
    const before = await world.ports.documents.get('agents/triage');
    await dispatch();
    expect(await stateOf(world, 'triage-1')).toBe('cancelled');
    const after = await world.ports.documents.get('agents/triage');
    expect(after?.version).not.toBe(before?.version);
    expect(after?.data).toMatchObject({ gaveWay: 1, dropped: 0 });
  });

  it('counts no run that has its slot of the project by now as one that waits for a share', async () => {
    const world = await createWorld({ project: { ...projectOf({ a: {}, b: {} }), scale: 2 } });
    await admit(world.ports, 'a', 1);
    await world.advance(10);
    await admit(world.ports, 'b', 1);
    const seen = await queueOf(world);
    await wakeDispatch(world.ports, 'a');
    await world.advance(10);
    const current = await world.releases.current();
    const stale = (async () => seen) as Documents['query'];
    const documents = { ...world.ports.documents, query: stale };
    const ports = { ...world.ports, documents };
    const limited = current && (await projectShares(ports, current.release));
    expect(limited?.shares).toEqual(new Map([['b', 1]]));
  });

  it('loses nobody in the place of one that was killed after it was counted', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { scale: 0, maxWorkQueueSize: 2 } }),
    });
    for (const n of [1, 2, 3]) {
      await admit(world.ports, 'triage', n);
      await world.advance(10);
    }
    const actor = { who: 'somebody', why: '' };
    const { count } = world.ports.documents;
    const documents: Documents = {
      ...world.ports.documents,
      count: async (query) => {
        const counted = await count(query);
        await killRun(world.ports, world.releases, 'triage-1', actor);
        return Math.max(counted, 3);
      },
    };
    const current = await world.releases.current();
    if (!current) throw new Error('nothing is published');
    const drops = await dropOverflow({ ...world.ports, documents }, current.release, 'triage');
    expect(drops.dropped).toEqual([]);
  });
});
