import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, facts, table } from './table.ts';
import { cutTo, padTo, widthOf, wrapped } from './width.ts';

interface Row {
  id: string;
  state: string;
  why: string;
}

const columns: Column<Row>[] = [
  { title: 'RUN', of: ({ id }) => id },
  { title: 'STATE', of: ({ state }) => state, narrow: 'drop' },
  { title: 'WHY', of: ({ why }) => why, narrow: 'cut' },
];
const row = {
  id: 'triage-abcdefgh',
  state: 'failed',
  why: 'its container exited with 1 (an error)',
};

describe('a table', () => {
  it('shows everything where there is room', () => {
    expect(table([row], columns, 80)).toEqual([
      'RUN              STATE   WHY',
      'triage-abcdefgh  failed  its container exited with 1 (an error)',
    ]);
  });

  it('cuts what may be cut, then drops what may be dropped', () => {
    expect(table([row], columns, 40)[1]).toBe('triage-abcdefgh  failed  its container…');
    expect(table([row], columns, 30)[1]).toBe('triage-abcdefgh  its containe…');
    expect(table([row], columns, 20)).toEqual(['RUN', 'triage-abcdefgh']);
  });

  it('puts what must be kept below each other where it does not fit beside', () => {
    const kept: Column<Row>[] = columns.map((column) => ({ ...column, narrow: 'keep' }));
    expect(table([row], kept, 20)).toEqual([
      'triage-abcdefgh',
      '  failed, its',
      '  container exited',
      '  with 1 (an error)',
    ]);
  });

  it('keeps its columns straight under characters of two columns', () => {
    const rows = [{ ...row, state: '失敗' }, row];
    const [, first = '', second = ''] = table(rows, columns, 80);
    expect(first.indexOf('its') + 2).toBe(second.indexOf('its'));
  });

  it('acts on nothing that somebody wrote', () => {
    const rows = [{ ...row, why: '\u001b[31mred\u001b[0m\r\nand two lines' }];
    expect(table(rows, columns, 80)[1]).toBe('triage-abcdefgh  failed  [31mred [0m and two lines');
  });

  it('has no line wider than the screen, but for one that must be kept', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ id: fc.string(), state: fc.string(), why: fc.string() })),
        fc.integer({ min: 20, max: 120 }),
        (rows, width) => {
          const kept = Math.max(0, ...rows.map(({ id }) => widthOf(id)));
          for (const line of table(rows, columns, width)) {
            expect(widthOf(line)).toBeLessThanOrEqual(Math.max(width, kept));
          }
        },
      ),
    );
  });
});

describe('facts', () => {
  it('stand under their names, and leave out what has nothing to say', () => {
    const lines = facts(
      [
        ['state', ['failed']],
        ['status', []],
        ['why it', ['a b c', 'd']],
      ],
      20,
    );
    expect(lines).toEqual(['state   failed', 'why it  a b c', '        d']);
  });

  it('are broken between words, and keep an address whole', () => {
    const address = `https://console.example.com/${'x'.repeat(40)}`;
    expect(facts([['log', [`see ${address} now`]]], 30)).toEqual([
      'log  see',
      `     ${address}`,
      '     now',
    ]);
  });
});

describe('the width of a text', () => {
  it('counts what is seen', () => {
    expect([
      widthOf('abc'),
      widthOf('é'),
      widthOf('e\u0301'),
      widthOf('失'),
      widthOf('👩‍🚀'),
    ]).toEqual([3, 1, 1, 2, 2]);
    expect(cutTo('失敗した', 5)).toBe('失敗…');
    expect(cutTo('abc', 0)).toBe('');
    expect(padTo('失', 4)).toBe('失  ');
  });

  it('breaks lines as far in as they begin', () => {
    expect(wrapped('  one two', 6)).toEqual(['  one', '  two']);
    expect(wrapped('', 6)).toEqual(['']);
  });
});
