import { describe, expect, it } from 'vitest';
import type { Told } from './ask.ts';
import { add, commandOf, lineOf, nothing, summaryOf } from './report.ts';

const told: Told = {
  seed: 7,
  runs: 3,
  calls: 40,
  mishaps: [
    { number: 1, what: 'delivery 4', id: 'a.1' },
    { number: 2, what: 'delivery 5', id: 'a.2' },
    { number: 3, what: 'crash before documents.commit', id: 'a.3' },
    { number: 4, what: 'crash before jobs.start', id: 'a.4' },
    { number: 6, what: 'an answer of dispatch lost', id: 'a.6' },
  ],
  history: [],
};

describe('the report', () => {
  it('counts what happened by kind, the most frequent first', () => {
    const totals = nothing();
    add(totals, told);
    add(totals, { ...told, broken: { law: 'over', message: 'x', afterMs: 0, story: [] } });
    expect(summaryOf(totals)).toEqual([
      'mishaps: 10',
      '         4  crash before a call',
      '         4  delivery',
      '         2  an answer of a function lost',
      'simulated 2 lives: 1 failed; 6 runs, 80 calls of ports',
    ]);
  });

  it('says that every law held where none was broken', () => {
    const totals = nothing();
    add(totals, told);
    expect(summaryOf(totals).at(-1)).toBe(
      'simulated 1 life: every law held; 3 runs, 40 calls of ports',
    );
  });

  it('tells of a broken law in one line', () => {
    const broken = { law: 'over' as const, message: 'one\ntwo', afterMs: 0, story: [] };
    expect(lineOf({ ...told, broken })).toBe('seed 7: over: one');
  });

  it('gives the command that lives a life again, with no more options than it takes', () => {
    const ask = { seed: 7, minutes: 2, level: 'light' } as const;
    expect(commandOf(ask)).toBe('npm run sim -- --seed 7 --minutes 2 --faults light');
    expect(commandOf({ ...ask, quietAfterMs: 120_000 })).toBe(commandOf(ask));
    const without = [
      { first: 9, last: Number.POSITIVE_INFINITY },
      { first: 1, last: 1 },
      { first: 2, last: 4 },
    ];
    expect(commandOf({ ...ask, without, quietAfterMs: 60_000, sabotage: 'no-journal' })).toBe(
      `${commandOf(ask)} --quiet-after 60000 --without 1-4,9- --sabotage no-journal`,
    );
    expect(commandOf({ ...ask, only: ['a.1', 'b.2'] })).toBe(`${commandOf(ask)} --only a.1,b.2`);
    expect(commandOf({ ...ask, only: [] })).toBe(`${commandOf(ask)} --only none`);
  });
});
