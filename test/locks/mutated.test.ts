import { beforeAll, describe, expect, it } from 'vitest';
import { judgeFences } from './fences.ts';
import { judgeFake } from './histories.ts';
import { isLinearizable } from './linearizable.ts';
import { type Answer, keysOf, type Operation, operationsOf } from './operation.ts';

/** A correct history of one lock, and an answer in it that is about to become a wrong one. */
interface Spot {
  operations: Operation[];
  operation: Operation;
}

const histories: Operation[][] = [];

beforeAll(async () => {
  for (let seed = 1; seed <= 120; seed += 1) {
    const { history } = await judgeFake(seed);
    for (const key of keysOf(history)) histories.push(operationsOf(key, history));
  }
});

/** Every answer of the histories for which `make` has a wrong one, with the history that it makes of it. */
function mutants(make: (spot: Spot) => readonly [Operation, Answer][] | undefined): Operation[][] {
  return histories.flatMap((operations) =>
    operations.flatMap((operation) => {
      const changes = make({ operations, operation });
      if (!changes) return [];
      const changed = new Map(changes);
      return [
        operations.map((one) => {
          const answer = changed.get(one);
          return answer ? { ...one, answer } : one;
        }),
      ];
    }),
  );
}

/** The fence under which a run was told that it was given a lock. */
function fenceOf({ ask, answer }: Operation): number | undefined {
  return ask.verb === 'acquire' && answer?.outcome === 'acquired' ? answer.fence : undefined;
}

const isBefore = (one: Operation, other: Operation): boolean =>
  (one.to?.order ?? Number.POSITIVE_INFINITY) < other.from.order;

describe('a correct history is refused once', () => {
  it('two of its fences are swapped', () => {
    const swapped = mutants(({ operations, operation }) => {
      const fence = fenceOf(operation);
      const other = operations.find(
        (one) => isBefore(operation, one) && fenceOf(one) !== undefined && fenceOf(one) !== fence,
      );
      const later = other && fenceOf(other);
      if (fence === undefined || !other || later === undefined) return undefined;
      return [
        [operation, { outcome: 'acquired', fence: later }],
        [other, { outcome: 'acquired', fence }],
      ];
    });
    expect(swapped.length).toBeGreaterThan(100);
    expect(swapped.filter(isLinearizable)).toEqual([]);
    expect(swapped.filter((history) => judgeFences(history).length === 0)).toEqual([]);
  });

  it('a second holder is given a lock under the fence of the first', () => {
    const doubled = mutants(({ operations, operation }) => {
      if (operation.ask.verb !== 'acquire' || operation.answer?.outcome !== 'held')
        return undefined;
      const { holder } = operation.answer;
      const first = operations.findLast(
        (one) => one.run === holder && fenceOf(one) !== undefined && isBefore(one, operation),
      );
      const fence = first && fenceOf(first);
      return fence === undefined ? undefined : [[operation, { outcome: 'acquired', fence }]];
    });
    expect(doubled.length).toBeGreaterThan(100);
    expect(doubled.filter(isLinearizable)).toEqual([]);
    expect(doubled.filter((history) => judgeFences(history).length === 0)).toEqual([]);
  });

  it('a lock is given to somebody while its holder certainly has it', () => {
    const stolen = mutants(({ operations, operation }) => {
      const { ask, answer, from, to, run } = operation;
      if (ask.verb !== 'acquire' || answer?.outcome !== 'held' || !to) return undefined;
      const isQuiet = operations.every(
        (one) => one.answer && one.lost === 0 && one.ask.verb !== 'break',
      );
      const first = operations.findLast(
        (one) =>
          one.run === answer.holder && fenceOf(one) !== undefined && isBefore(one, operation),
      );
      const fence = first && fenceOf(first);
      const isAlone = operations.every(
        (one) =>
          one === operation ||
          one.run === run ||
          isBefore(one, operation) ||
          isBefore(operation, one),
      );
      if (!isQuiet || !isAlone || fence === undefined || from.time !== to.time) return undefined;
      return [[operation, { outcome: 'acquired', fence: fence + 1 }]];
    });
    expect(stolen.length).toBeGreaterThan(10);
    expect(stolen.filter(isLinearizable)).toEqual([]);
  });

  it('an old fence is revived', () => {
    const revived = mutants(({ operations, operation }) => {
      const fence = fenceOf(operation);
      const old = operations.find(
        (one) =>
          one.run !== operation.run &&
          isBefore(one, operation) &&
          (fenceOf(one) ?? fence ?? 0) < (fence ?? 0),
      );
      const oldFence = old && fenceOf(old);
      return oldFence === undefined
        ? undefined
        : [[operation, { outcome: 'acquired', fence: oldFence }]];
    });
    expect(revived.length).toBeGreaterThan(50);
    expect(revived.filter(isLinearizable)).toEqual([]);
    expect(revived.filter((history) => judgeFences(history).length === 0)).toEqual([]);
  });

  it('a stale heartbeat is accepted', () => {
    const accepted = mutants(({ operations, operation }) => {
      const { run, ask, answer, from } = operation;
      if (ask.verb !== 'keep' || answer?.outcome === 'kept') return undefined;
      const own = operations.findLast(
        (one) => one.run === run && fenceOf(one) !== undefined && isBefore(one, operation),
      );
      const fence = own && fenceOf(own);
      const isStale = operations.some(
        (one) =>
          isBefore(one, operation) && (fenceOf(one) ?? 0) > (fence ?? Number.POSITIVE_INFINITY),
      );
      if (fence === undefined || !isStale || !answer) return undefined;
      return [[operation, { outcome: 'kept', until: from.time + ask.ttlMs, fence }]];
    });
    expect(accepted.length).toBeGreaterThan(5);
    expect(accepted.filter(isLinearizable)).toEqual([]);
    expect(accepted.filter((history) => judgeFences(history).length === 0)).toEqual([]);
  });
});
