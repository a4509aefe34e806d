import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { Ports } from '../ports/index.ts';
import { type Drops, dropOverflow } from './queue.ts';
import type { AgentState } from './state.ts';

const scale = 1;
const maxWorkQueueSize = 20;

/** An agent with 61 queued runs and no free slot but one. */
async function crowded(wrap?: (ports: Ports) => Ports): Promise<World> {
  const project = projectOf({ triage: { scale, maxWorkQueueSize } });
  const world = await createWorld({ project, ...(wrap ? { wrap } : {}) });
  world.tasks.misbehave({ forget: 1_000 });
  for (let n = 0; n < 61; n += 1) await world.deliver(String(n));
  return world;
}

/** Documents that answer in an order of their own: each call after a turn or more of the event loop. */
function shuffled(ports: Ports): Ports {
  let calls = 0;
  const late = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, (calls * 7) % 5));
      return call(...args);
    };
  };
  const { get, query, count, commit } = ports.documents;
  const documents = {
    get: late(get),
    query: late(query),
    count: late(count),
    commit: late(commit),
  };
  return { ...ports, documents: documents as Ports['documents'] };
}

async function drop(world: World): Promise<Drops> {
  const current = await world.releases.current();
  if (!current) throw new Error('no release');
  return dropOverflow(world.ports, current.release, 'triage');
}

async function statesOf(world: World): Promise<{ [state: string]: number }> {
  const counted: { [state: string]: number } = {};
  for (const { state } of await world.runs()) counted[state] = (counted[state] ?? 0) + 1;
  return counted;
}

describe('a queue that waits for the project and not for its agent', () => {
  it('is left alone: nobody is woken again and again to drop what need not be dropped', async () => {
    const busy = { scale: 5, maxWorkQueueSize: 2, timeout: 3_600 };
    const world = await createWorld({ project: { ...projectOf({ busy }), scale: 1 } });
    for (let n = 0; n < 6; n += 1) await world.deliver(String(n));
    await world.settle();
    let calls = 0;
    const { count } = world.ports.documents;
    world.ports.documents.count = (query) => {
      calls += 1;
      return count(query);
    };
    await world.advance(60_000);
    expect(calls).toBe(0);
    expect(await statesOf(world)).toEqual({ running: 1, queued: 5 });
  });
});

describe('a queue that is too long', () => {
  it('loses its oldest beyond what may wait and what has a free slot, and counts them', async () => {
    const world = await crowded();
    const first = await drop(world);
    expect(first.dropped).toHaveLength(40);
    expect(first.more).toBe(false);
    expect(await statesOf(world)).toEqual({ queued: 21, dropped: 40 });
    const state = await world.ports.documents.get<AgentState>('agents/triage');
    expect(state?.data.dropped).toBe(40);
    const again = await drop(world);
    expect(again).toEqual({ dropped: [], more: false });
  });

  it('loses no more when many drop at once', async () => {
    const world = await crowded(shuffled);
    const droppers = Array.from({ length: 6 }, () => drop(world));
    const dropped = (await Promise.all(droppers)).flatMap((drops) => drops.dropped);
    expect(new Set(dropped).size).toBe(40);
    expect(await statesOf(world)).toEqual({ queued: 21, dropped: 40 });
  });
});
