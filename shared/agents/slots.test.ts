import { describe, expect, it } from 'vitest';
import type { Document, Version } from '../ports/index.ts';
import type { Concurrency } from '../projects/project.ts';
import type { Run } from '../runs/run.ts';
import { planSlots, type SlotsAndQueue, shareSlots } from './slots.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

/** A queued run; the number in its name is the second in which it was admitted. */
function run(id: string, given: Partial<Run> = {}): Document<Run> {
  const data: Partial<Run> = {
    state: 'queued',
    concurrencyKey: null,
    notBefore: null,
    admittedAt: new Date(now - 1_000_000 + Number(id.replace(/\D/g, '')) * 1_000),
    trigger: { type: 'webhook', source: 'github', delivery: 'github:1' },
    ...given,
  };
  return { id, path: `runs/${id}`, version: '1' as Version, data: data as Run };
}

function plan(given: Partial<SlotsAndQueue>) {
  const queue = given.queue ?? [];
  const planned = planSlots({
    slots: 2,
    mayStart: true,
    isPaused: false,
    keysInFlight: {},
    batch: 10,
    endBatch: 100,
    maxWorkQueueSize: 20,
    concurrency: null,
    keptUntil: null,
    queue,
    isWhole: true,
    queued: queue.length,
    now,
    ...given,
  });
  const ids = (runs: Document<Run>[]): string[] => runs.map(({ id }) => id);
  const { take, skip, supersede } = planned;
  const stop = planned.stop.map((one) => one.run);
  return { ...planned, take: ids(take), skip: ids(skip), supersede: ids(supersede), stop };
}

const queue = (count: number): Document<Run>[] =>
  Array.from({ length: count }, (_, index) => run(`q${index}`));

describe('planning slots', () => {
  it('gives free slots to the oldest', () => {
    expect(plan({ queue: queue(3) }).take).toEqual(['q0', 'q1']);
    expect(plan({ slots: 0, queue: queue(3) }).take).toEqual([]);
  });

  it('launches at most a batch in one step, and drops none of those that only wait for the next', () => {
    const planned = plan({ slots: 12, batch: 10, maxWorkQueueSize: 1, queue: queue(13) });
    expect(planned.take).toHaveLength(10);
    expect(planned).toMatchObject({ overflow: 0 });
  });

  it('tells how many wait beyond what the queue holds, after slots were given', () => {
    expect(plan({ slots: 1, maxWorkQueueSize: 2, queue: queue(5) })).toMatchObject({
      take: ['q0'],
      overflow: 2,
    });
  });

  it('counts those that wait even where it does not see them', () => {
    const given = { slots: 1, maxWorkQueueSize: 2, queue: queue(3), isWhole: false, queued: 200 };
    expect(plan(given).overflow).toBe(197);
  });

  it('tells of no overflow during a pause', () => {
    expect(plan({ slots: 0, isPaused: true, queue: queue(50) }).overflow).toBe(0);
  });
});

describe('planning slots for runs that must not start yet', () => {
  const early = (id: string, ms: number) => run(id, { notBefore: new Date(now + ms) });

  it('passes over them to later ones, and keeps the order among those', () => {
    const given = [early('q0', 1), run('q1'), early('q2', 5), run('q3'), run('q4')];
    expect(plan({ queue: given }).take).toEqual(['q1', 'q3']);
  });

  it('takes one whose time has come in its place', () => {
    expect(plan({ slots: 1, queue: [early('q0', 0), run('q1')] }).take).toEqual(['q0']);
  });

  it('tells when the first of them is ready', () => {
    expect(plan({ queue: [early('q0', 900), early('q1', 500)] }).nextReady).toBe(now + 500);
    expect(plan({ queue: [early('q0', 0), run('q1')] }).nextReady).toBeUndefined();
  });

  it('asks for more of the queue only while that may find somebody for a slot', () => {
    const held = { queue: [early('q0', 1), early('q1', 1)], isWhole: false };
    expect(plan(held).isShort).toBe(true);
    expect(plan({ ...held, slots: 0 }).isShort).toBe(false);
    expect(plan({ ...held, isWhole: true }).isShort).toBe(false);
    expect(plan({ queue: queue(2), isWhole: false }).isShort).toBe(false);
  });

  it('gives them no slot on paper: where they are what waits, they are the overflow', () => {
    const given = [early('q0', 1), early('q1', 1), early('q2', 1)];
    expect(plan({ slots: 3, maxWorkQueueSize: 1, queue: given }).overflow).toBe(2);
  });
});

describe('planning slots for runs with a key', () => {
  const concurrency = (busy: Concurrency['busy']): Concurrency => ({ key: '{repo}', busy });
  const keyed = (id: string, key: string, given: Partial<Run> = {}) =>
    run(id, { concurrencyKey: key, ...given });
  const rerun = {
    type: 'rerun',
    of: 'x',
    because: 'retry',
    reruns: 0,
    retries: 1,
    origin: { type: 'manual', by: 'me' },
  } as const;

  it('starts one of each key, whatever else is free', () => {
    const given = [keyed('q0', 'a'), keyed('q1', 'a'), keyed('q2', 'b'), run('q3'), run('q4')];
    const planned = plan({ slots: 9, concurrency: concurrency('queue'), queue: given });
    expect(planned.take).toEqual(['q0', 'q2', 'q3', 'q4']);
    expect(planned).toMatchObject({ skip: [], supersede: [], stop: [] });
  });

  it('lets a run wait whose key is in flight', () => {
    const given = [keyed('q0', 'a'), keyed('q1', 'b')];
    const keysInFlight = { r: 'a' };
    expect(plan({ concurrency: concurrency('queue'), keysInFlight, queue: given }).take).toEqual([
      'q1',
    ]);
  });

  it('keeps the order within a key: who waits for its time keeps those behind it waiting', () => {
    const given = [keyed('q0', 'a', { notBefore: new Date(now + 1) }), keyed('q1', 'a')];
    expect(plan({ concurrency: concurrency('queue'), queue: given }).take).toEqual([]);
  });

  it('ignores keys where the release has no rule for them', () => {
    const given = [keyed('q0', 'a'), keyed('q1', 'a')];
    expect(plan({ keysInFlight: { r: 'a' }, queue: given }).take).toEqual(['q0', 'q1']);
  });

  it('skips a run whose key is in flight or queued before it, though no slot is free', () => {
    const given = [keyed('q0', 'a'), keyed('q1', 'b'), keyed('q2', 'b'), run('q3')];
    const planned = plan({
      slots: 0,
      concurrency: concurrency('skip'),
      keysInFlight: { r: 'a' },
      queue: given,
    });
    expect(planned).toMatchObject({ take: [], skip: ['q0', 'q2'] });
  });

  it('ends no more in one step than it may, the oldest first, and counts as waiting what is left', () => {
    const queue = ['q0', 'q1', 'q2', 'q3'].map((id) => keyed(id, 'a'));
    const planned = (busy: Concurrency['busy']) =>
      plan({ concurrency: concurrency(busy), queue, endBatch: 2, maxWorkQueueSize: 0 });
    expect(planned('skip')).toMatchObject({ take: ['q0'], skip: ['q1', 'q2'], overflow: 1 });
    expect(planned('cancel')).toMatchObject({
      take: ['q3'],
      supersede: ['q0', 'q1'],
      overflow: 1,
    });
  });

  it('skips nothing that a pause has held, and nothing during a pause', () => {
    const given = [keyed('q0', 'a'), keyed('q1', 'a'), keyed('q2', 'a')];
    const skip = concurrency('skip');
    const kept = given[1]?.data.admittedAt ?? null;
    expect(plan({ concurrency: skip, keptUntil: kept, queue: given })).toMatchObject({
      take: ['q0'],
      skip: ['q2'],
    });
    expect(plan({ slots: 0, isPaused: true, concurrency: skip, queue: given }).skip).toEqual([]);
  });

  it('lets only the newest of a key stay, where it cancels', () => {
    const given = [keyed('q0', 'a'), keyed('q1', 'b'), keyed('q2', 'a'), keyed('q3', 'a')];
    const planned = plan({ concurrency: concurrency('cancel'), queue: given });
    expect(planned).toMatchObject({ take: ['q1', 'q3'], supersede: ['q0', 'q2'], stop: [] });
  });

  it('stops the run in flight for it, and lets it wait until that is over', () => {
    const given = [keyed('q0', 'a')];
    const cancel = concurrency('cancel');
    const keysInFlight = { r: 'a', s: 'b' };
    const planned = plan({ concurrency: cancel, keysInFlight, queue: given });
    expect(planned).toMatchObject({ take: [], supersede: [], stop: ['r'] });
  });

  it('stops nothing for a run that could not start anyway', () => {
    const cancel = concurrency('cancel');
    const keysInFlight = { r: 'a' };
    const early = keyed('q0', 'a', { notBefore: new Date(now + 1) });
    expect(plan({ concurrency: cancel, keysInFlight, queue: [early] }).stop).toEqual([]);
    const given = { concurrency: cancel, keysInFlight, queue: [keyed('q0', 'a')] };
    expect(plan({ ...given, mayStart: false }).stop).toEqual([]);
  });

  it('never puts a rerun in the place of a later event', () => {
    const cancel = concurrency('cancel');
    const given = [keyed('q0', 'a'), keyed('q1', 'a', { trigger: rerun })];
    expect(plan({ concurrency: cancel, queue: given })).toMatchObject({
      take: ['q0'],
      supersede: ['q1'],
    });
    const alone = [keyed('q1', 'a', { trigger: rerun })];
    expect(plan({ concurrency: cancel, keysInFlight: { r: 'a' }, queue: alone }).stop).toEqual([]);
  });

  it('wants to see the whole queue where the newest decides', () => {
    const given = { queue: queue(2), isWhole: false };
    expect(plan({ ...given, concurrency: concurrency('cancel') }).isShort).toBe(true);
    expect(plan({ ...given, concurrency: concurrency('queue') }).isShort).toBe(false);
  });
});

describe('sharing the slots of a project', () => {
  const share = (free: number, queue: string, agentFree: { [agent: string]: number }) =>
    Object.fromEntries(shareSlots({ free, queue: [...queue], agentFree }));

  it('goes by the order of admission over all agents', () => {
    expect(share(3, 'abab', { a: 9, b: 9 })).toEqual({ a: 2, b: 1 });
  });

  it('passes over an agent whose own slots are taken, so that it keeps nobody from running', () => {
    expect(share(1, 'aab', { a: 0, b: 1 })).toEqual({ b: 1 });
    expect(share(2, 'aaab', { a: 1, b: 1 })).toEqual({ a: 1, b: 1 });
  });

  it('never hands out more than is free', () => {
    expect(share(0, 'ab', { a: 1, b: 1 })).toEqual({});
    expect(share(2, 'aabb', { a: 9, b: 9 })).toEqual({ a: 2 });
  });
});
