import { expect, it } from 'vitest';
import { judgeFences } from './fences.ts';
import type { Operation } from './operation.ts';

/** That a run was told, between two places of the order, that it has `x:1` under a fence. */
function told(run: string, fence: number, from: number, to: number, key = 'x:1'): Operation {
  return {
    run,
    key,
    ask: { verb: 'acquire', ttlMs: 1_000 },
    answer: { outcome: 'acquired', fence },
    from: { order: from, time: from },
    to: { order: to, time: to },
    lost: 0,
  };
}

it('lets fences grow, and one holder hear of its own as often as it asks', () => {
  expect(
    judgeFences([told('dev-a', 1, 0, 1), told('dev-a', 1, 2, 3), told('dev-b', 2, 4, 5)]),
  ).toEqual([]);
});

it('lets two that asked at once hear of their fences in either order', () => {
  expect(judgeFences([told('dev-a', 2, 0, 5), told('dev-b', 1, 1, 9)])).toEqual([]);
});

it('lets each key have fences of its own', () => {
  expect(judgeFences([told('dev-a', 2, 0, 1), told('dev-b', 1, 2, 3, 'x:2')])).toEqual([]);
});

it('refuses two holders of one fence, also when they asked at once', () => {
  expect(judgeFences([told('dev-a', 1, 0, 5), told('dev-b', 1, 1, 9)])).not.toEqual([]);
});

it('refuses a fence that is smaller than one that somebody knew of before', () => {
  expect(judgeFences([told('dev-a', 2, 0, 1), told('dev-b', 1, 2, 3)])).not.toEqual([]);
  expect(judgeFences([told('dev-a', 2, 0, 1), told('dev-a', 1, 2, 3)])).not.toEqual([]);
});
