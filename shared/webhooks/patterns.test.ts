import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fits, judge } from './patterns.ts';

describe('a pattern', () => {
  it.each([
    ['acme/house', 'acme/house'],
    ['acme/house', 'acme/*'],
    ['acme/.github', 'acme/*'],
    ['acme/', 'acme/*'],
    ['acme/house', '*/*'],
    ['acme/house', '**'],
    ['acme/house', '**use'],
    ['release/1/2', 'release/**'],
    ['release/1', 'r*e/*'],
    ['dependabot[bot]', 'dependabot[bot]'],
    ['renovate[bot]', '*[bot]'],
    ['c++', 'c++'],
    ['{a,b}', '{a,b}'],
    ['P*', 'P*'],
    ['', '*'],
    ['über', 'ü*r'],
    ['aXbXc', 'a*b*c'],
  ])('fits %j as %j', (text, glob) => expect(fits(text, glob)).toBe(true));

  it.each([
    ['acme/house', 'Acme/house'],
    ['acme/house', 'acme/hous'],
    ['acme/house', 'acme'],
    ['acme/house', '*'],
    ['release/1/2', 'release/*'],
    ['evil/acme/house', 'acme/*'],
    ['acmeXhouse', 'acme/*'],
    ['dependabotb', 'dependabot[bot]'],
    ['a', '?'],
    ['b', '[a-z]'],
    ['c', 'c++'],
    ['', ''.padEnd(1, 'x')],
    ['acme/house\n', 'acme/house'],
    ['b', 'a|b'],
  ])('does not fit %j as %j', (text, glob) => expect(fits(text, glob)).toBe(false));

  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });
  const globs = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 8 });

  it('means the same as a regular expression does', () => {
    fc.assert(
      fc.property(letters, globs, (text, glob) => {
        const source = glob.replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'));
        expect(fits(text, glob)).toBe(text === glob || new RegExp(`^${source}$`, 's').test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('with many stars is held against a long text without trying all ways to spread it', () => {
    expect(fits('a'.repeat(4_000), `${'*a'.repeat(100)}b`)).toBe(false);
  });
});

describe('a list of patterns', () => {
  it.each<[string[], string[], boolean]>([
    [['a'], ['a'], true],
    [['a', 'b'], ['b'], true],
    [['a'], ['b', 'a'], true],
    [['a'], ['b'], false],
    [['a'], [], false],
    [[], ['a'], false],
    [['!a'], ['b'], true],
    [['!a'], [], true],
    [['!a'], ['a'], false],
    [['!a'], ['b', 'a'], false],
    [['!a', '!b'], ['c'], true],
    [['*', '!a'], ['b'], true],
    [['*', '!a'], ['a'], false],
    [['!a', '*'], ['a'], false],
    [['b', '!a'], ['c'], false],
    [['!*[bot]'], ['renovate[bot]'], false],
    [['!*[bot]'], ['mara'], true],
    [['\\!urgent'], ['!urgent'], true],
    [['\\!urgent'], ['urgent'], false],
    [['not\\!urgent'], ['not\\!urgent'], true],
  ])('%j passes %j: %j', (patterns, values, passes) => {
    expect(judge(patterns, values).passes).toBe(passes);
  });

  it('names the negation that decided', () => {
    expect(judge(['*', '!x', '!a*'], ['ab'])).toEqual({ passes: false, forbidden: '!a*' });
  });
});
