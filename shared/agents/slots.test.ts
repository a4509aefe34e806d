import { describe, expect, it } from 'vitest';
import type { Document, Version } from '../ports/index.ts';
import type { Lease, Run } from '../runs/run.ts';
import { planSlots, type SlotsAndQueue, shareSlots } from './slots.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

function run(id: string, state: Run['state'], lease: Lease | null = null): Document<Run> {
  const data = { state, lease } as Partial<Run> as Run;
  return { id, path: `runs/${id}`, version: '1' as Version, data };
}

function plan(given: Partial<SlotsAndQueue>) {
  const open = given.open ?? [];
  const planned = planSlots({
    scale: 2,
    share: null,
    inFlight: [],
    batch: 10,
    maxWorkQueueSize: 20,
    open,
    queued: open.filter(({ data }) => data.state === 'queued').length,
    now,
    ...given,
  });
  const ids = (runs: Document<Run>[]): string[] => runs.map(({ id }) => id);
  return { ...planned, take: ids(planned.take), takeOver: ids(planned.takeOver) };
}

const queue = (count: number): Document<Run>[] =>
  Array.from({ length: count }, (_, index) => run(`q${index}`, 'queued'));

describe('planning slots', () => {
  it('gives free slots to the oldest', () => {
    expect(plan({ open: queue(3) }).take).toEqual(['q0', 'q1']);
    expect(plan({ open: queue(3), inFlight: ['x'] }).take).toEqual(['q0']);
  });

  it('gives nothing when all slots are taken, or more than all after a smaller scale was published', () => {
    expect(plan({ open: queue(3), inFlight: ['x', 'y'] }).take).toEqual([]);
    expect(plan({ open: queue(3), inFlight: ['x', 'y', 'z'] }).take).toEqual([]);
  });

  it('gives no more than its share of the project', () => {
    expect(plan({ scale: 5, share: 1, open: queue(3) }).take).toEqual(['q0']);
    expect(plan({ scale: 5, share: 0, open: queue(3) }).take).toEqual([]);
  });

  it('launches at most a batch in one step, and drops none of those that only wait for the next', () => {
    const planned = plan({ scale: 12, batch: 10, maxWorkQueueSize: 1, open: queue(13) });
    expect(planned.take).toHaveLength(10);
    expect(planned).toMatchObject({ overflow: 0 });
  });

  it('tells how many wait beyond what the queue holds, after slots were given', () => {
    expect(plan({ scale: 1, maxWorkQueueSize: 2, open: queue(5) })).toMatchObject({
      take: ['q0'],
      overflow: 2,
    });
  });

  it('counts those that wait even where it does not see them', () => {
    const seen = queue(3);
    expect(plan({ scale: 1, maxWorkQueueSize: 2, open: seen, queued: 200 }).overflow).toBe(197);
  });

  it('takes over a launch whose lease has run out, and leaves one alone that holds', () => {
    const until = (ms: number): Lease => ({
      attempt: 1,
      failures: 0,
      givenBack: false,
      until: new Date(now + ms).toISOString(),
    });
    const open = [run('old', 'launching', until(0)), run('new', 'launching', until(1))];
    expect(plan({ open, inFlight: ['old', 'new'] }).takeOver).toEqual(['old']);
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
