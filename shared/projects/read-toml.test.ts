import { describe, expect, it } from 'vitest';
import { plain, valueAt } from './located.ts';
import type { Path, Problem } from './problem.ts';
import { largestFile, readToml } from './read-toml.ts';

function read(text: string) {
  const problems: Problem[] = [];
  const table = readToml('x.toml', text, problems);
  return { table, problems, value: table && plain(table) };
}

describe('reading TOML', () => {
  it('gives every value with the line of its key, and list items with their own', () => {
    const { table, value } = read(`a = 1
b.c = [
  "x",
  "y",
]
[d.e]
f = { g = true }
[[h]]
i = 1.5
[[h]]
[h.j]
k = 'l'
`);
    expect(value).toEqual({
      a: 1,
      b: { c: ['x', 'y'] },
      d: { e: { f: { g: true } } },
      h: [{ i: 1.5 }, { j: { k: 'l' } }],
    });
    const lines: [Path, number][] = [
      [['a'], 1],
      [['b', 'c'], 2],
      [['b', 'c', 1], 4],
      [['d', 'e'], 6],
      [['d', 'e', 'f', 'g'], 7],
      [['h', 0], 8],
      [['h', 1], 10],
      [['h', 1, 'j', 'k'], 12],
    ];
    for (const [path, line] of lines) {
      expect(table && valueAt(table, path)?.line, path.join('.')).toBe(line);
    }
  });

  it.each([
    ['a byte order mark', '\uFEFFa = 1'],
    ['line ends of Windows', '\r\n\r\na = 1\r\n'],
  ])('takes %s', (_name, text) => {
    expect(read(text)).toMatchObject({ value: { a: 1 }, problems: [] });
  });

  it('gives dates and times as their text', () => {
    expect(read('a = 1979-05-27T07:32:00Z\nb = 07:32:00').value).toEqual({
      a: '1979-05-27T07:32:00Z',
      b: '07:32:00',
    });
  });

  it('keeps names that every object has, as they are', () => {
    expect(read('constructor = 1\n[toString]\nvalueOf = 2').value).toEqual({
      constructor: 1,
      toString: { valueOf: 2 },
    });
  });

  it.each([
    ['\na = ', 2],
    ['a = 1\n\na = 2', 3],
    ['[a]\n[a]', 2],
    ['a = "\n"', 1],
    ['a = "\0"', 1],
    ['a = { b = 1,\n c = 2 }', 2],
  ])('says in which line it is none: %j', (text, line) => {
    const { table, problems } = read(text);
    expect(table).toBeUndefined();
    expect(problems).toMatchObject([{ file: 'x.toml', line, field: '' }]);
    expect(problems[0]?.message).toMatch(/^not TOML: /);
  });

  it.each([
    ['\n[__proto__]\na = 1', 2, '__proto__'],
    ['a.__proto__.b = 1', 1, 'a.__proto__'],
    ['a = { __proto__ = 1 }', 1, 'a.__proto__'],
    ['a = 9007199254740993', 1, 'a'],
    ['a = [1,\n-9007199254740993]', 2, 'a.1'],
    ['a = inf', 1, 'a'],
    ['a = 1e999', 1, 'a'],
    ['a = nan', 1, 'a'],
  ])('refuses what no configuration can hold: %j', (text, line, field) => {
    expect(read(text).problems).toMatchObject([{ file: 'x.toml', line, field }]);
  });

  it.each([
    ['a table in a table …', `${'a.'.repeat(2_000)}b = 1`],
    ['a list in a list …', `a = ${'['.repeat(2_000)}${']'.repeat(2_000)}`],
    ['a list in a list … that never ends', `a = ${'['.repeat(100_000)}`],
    ['an inline table in another …', `a = ${'{a='.repeat(2_000)}1${'}'.repeat(2_000)}`],
    ['a table header', `[${'a.'.repeat(2_000)}b]`],
    ['a text that is too long', `a = "${'x'.repeat(largestFile)}"`],
  ])('refuses %s', (_name, text) => {
    const { problems } = read(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.file).toBe('x.toml');
  });

  it('reads the longest text that a file may have', () => {
    const text = `a = "${'x'.repeat(largestFile - 10)}"`;
    const { problems, value } = read(text);
    expect(problems.length === 1 || value !== undefined).toBe(true);
  });
});
