import { expect, test } from 'vitest';
import { readOptions } from './options.ts';
import { type Budget, formatRows, readBudget, tableOf } from './rows.ts';
import { percentile } from './statistics.ts';

test('what is worse than its limit is marked, in the direction that the limit has', () => {
  const budget: Budget = {
    counts: { writes: { limit: 12, recorded: 12 } },
    bounded: { price: { limit: 3, recorded: 2.1 } },
    measured: { ratio: { limit: 0.8, atLeast: true, recorded: 0.9 } },
  };
  const marked = (name: string, value: number): boolean =>
    formatRows([{ name, value, unit: '' }], budget)
      .join()
      .includes('OVER');
  expect([12, 13].map((value) => marked('writes', value))).toEqual([false, true]);
  expect([0.8, 0.79].map((value) => marked('ratio', value))).toEqual([false, true]);
  expect(marked('unknown', 1_000)).toBe(false);
});

test('a table has the limit beside each figure, and marks what is over', () => {
  const budget: Budget = {
    counts: { writes: { limit: 12, recorded: 12 } },
    bounded: {},
    measured: {},
  };
  const rows = [
    { name: 'writes', value: 1_234, unit: '', note: 'too many' },
    { name: 'waited', value: 12.345, unit: 'ms' },
  ];
  expect(tableOf(rows, budget).split('\n').slice(2)).toEqual([
    '| writes | **1,234, over** | ≤ 12 | too many |',
    '| waited | 12.3 ms | | |',
  ]);
});

test('no count is recorded over its own limit', () => {
  const { counts, bounded } = readBudget();
  const over = Object.values({ ...counts, ...bounded }).filter(
    ({ limit, recorded }) => recorded > limit,
  );
  expect(over).toEqual([]);
});

test('a percentile is a value that was measured', () => {
  const values = [30, 10, 20];
  expect([0, 0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([10, 20, 30, 30]);
});

test('a part that is not there is refused, not left out', () => {
  expect(readOptions(['--only', 'ack,counts'])).toMatchObject({ parts: ['counts', 'ack'] });
  expect(readOptions(['--only', 'ack,cuonts'])).toHaveProperty('wrong');
  expect(readOptions(['--runs', 'many'])).toHaveProperty('wrong');
  expect([readOptions([]), readOptions(['--page'])]).toMatchObject([
    { page: false },
    { page: true },
  ]);
});
