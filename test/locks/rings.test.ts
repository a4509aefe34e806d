import { describe, expect, it } from 'vitest';
import type { Answer, Ask, Operation } from './operation.ts';
import { judgeRings } from './rings.ts';

const [a, b, c] = ['dev-a', 'dev-b', 'dev-c'];
const acquire: Ask = { verb: 'acquire', ttlMs: 1_000_000 };
const acquired: Answer = { outcome: 'acquired', fence: 1 };
const heldBy = (holder: string): Answer => ({ outcome: 'held', holder, since: 0 });
const ring: Answer = { outcome: 'deadlock', cycle: [b, 'x:a', a, 'x:b'] };

type Line = [run: string, key: string | null, ask: Ask, answer?: Answer, lost?: number];

/** Operations one after another, a second each. */
function history(...lines: Line[]): Operation[] {
  return lines.map(([run, key, ask, answer, lost = 0], index) => {
    const at = (order: number) => ({ order, time: 1_000 * index });
    const to = answer ? at(2 * index + 1) : undefined;
    return { run, key, ask, answer, from: at(2 * index), to, lost };
  });
}

/** Two that have one lock each, and the first waits for the other's. */
const chain: Line[] = [
  [a, 'x:a', acquire, acquired],
  [b, 'x:b', acquire, acquired],
  [a, 'x:b', acquire, heldBy(b)],
];

describe('a deadlock that is told of', () => {
  it('is true where each run of it may have had and wanted what it says', () => {
    const { untrue, told } = judgeRings(history(...chain, [b, 'x:a', acquire, ring]));
    expect(untrue).toEqual([]);
    expect(told).toBe(1);
  });

  it.each<[string, Line]>([
    [
      'a run has given back what it says it holds',
      [a, 'x:a', { verb: 'release' }, { outcome: 'released' }],
    ],
    ['a run was given another lock meanwhile', [a, 'x:c', acquire, acquired]],
    ['a run wants another lock meanwhile', [a, 'x:c', acquire, heldBy(c)]],
    ['a run is over', [a, null, { verb: 'end' }, { outcome: 'ended' }]],
    [
      'a lock was taken away',
      ['operator', 'x:a', { verb: 'break' }, { outcome: 'broken', holder: a, fence: 1 }],
    ],
    ['somebody else has the lock', [c, 'x:a', acquire, { outcome: 'acquired', fence: 2 }]],
  ])('is false where %s', (_what, line) => {
    const told = history(...chain, line, [b, 'x:a', acquire, ring]);
    expect(judgeRings(told).untrue).toEqual(told.slice(-1));
  });

  it('is false where nobody asked for what it says', () => {
    const told = history(...chain.slice(0, 2), [b, 'x:a', acquire, ring]);
    expect(judgeRings(told).untrue).toHaveLength(1);
  });

  it('is false two minutes after a run has last asked', () => {
    const told = history(...chain, [b, 'x:a', acquire, ring]).map((operation, index) =>
      index < 3
        ? operation
        : { ...operation, from: { order: 6, time: 122_000 }, to: { order: 7, time: 122_000 } },
    );
    expect(judgeRings(told).untrue).toHaveLength(1);
  });

  it('may be true where nobody knows what became of an acquisition', () => {
    const lines: Line[] = [[a, 'x:a', acquire], ...chain.slice(1), [b, 'x:a', acquire, ring]];
    expect(judgeRings(history(...lines)).untrue).toEqual([]);
  });
});

describe('a deadlock that is not told of', () => {
  const untold: Line = [b, 'x:a', acquire, heldBy(a)];

  it('is missed when a run of it is refused twice', () => {
    const once = judgeRings(history(...chain, untold));
    expect([once.untold.length, once.missed.length]).toEqual([1, 0]);
    const twice = judgeRings(history(...chain, untold, untold));
    expect([twice.untold.length, twice.missed.length]).toEqual([2, 1]);
  });

  it('is seen by nobody when the last of its runs was refused, and none was told', () => {
    expect(judgeRings(history(...chain, untold)).unseen).toHaveLength(1);
    const told = judgeRings(history(...chain, [b, 'x:a', acquire, ring], untold));
    expect(told.unseen).toEqual([]);
  });

  it('is seen by nobody, also when all of them asked at once', () => {
    const at = (order: number) => ({ order, time: 5_000 });
    const both = history(...chain.slice(0, 2)).concat(
      { run: a, key: 'x:b', ask: acquire, answer: heldBy(b), from: at(4), to: at(6), lost: 0 },
      { run: b, key: 'x:a', ask: acquire, answer: heldBy(a), from: at(5), to: at(7), lost: 0 },
    );
    const { untold, unseen } = judgeRings(both);
    expect([untold.length, unseen.length]).toEqual([0, 1]);
  });

  it('is none where a run was given what it waited for, and gave it back', () => {
    const release: Ask = { verb: 'release' };
    const told = history(
      ...chain,
      [b, 'x:b', release, { outcome: 'released' }],
      [a, 'x:b', acquire, { outcome: 'acquired', fence: 2 }],
      [a, 'x:b', release, { outcome: 'released' }],
      [b, 'x:b', acquire, { outcome: 'acquired', fence: 3 }],
      untold,
    );
    const { untold: found, unseen } = judgeRings(told);
    expect([found.length, unseen.length]).toEqual([0, 0]);
  });

  it.each<[string, Line]>([
    ['a run may have given its lock back', [a, 'x:a', { verb: 'release' }]],
    ['a run may have ended', [a, null, { verb: 'end' }]],
    ['a run may have got another lock', [a, 'x:c', acquire]],
    ['an operator may have broken a lock', ['operator', 'x:b', { verb: 'break' }]],
  ])('is none where %s', (_what, line) => {
    const { untold: found, unseen } = judgeRings(history(...chain, line, untold));
    expect([found.length, unseen.length]).toEqual([0, 0]);
  });
});
