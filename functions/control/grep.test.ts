import { describe, expect, it } from 'vitest';
import { createGrep } from './grep.ts';

describe('grep', () => {
  it('tells which texts match', () => {
    expect(createGrep('b+c$')(['abbc', 'abd', 'bc'])).toEqual([true, false, true]);
    expect(createGrep('é')(['é', 'e'])).toEqual([true, false]);
  });

  it('may be asked again and again', () => {
    const grep = createGrep('x');
    expect([grep(['x']), grep(['y', 'x']), grep([])]).toEqual([[true], [false, true], []]);
  });

  it.each([
    ['is no regular expression', '(', 'grep is not a regular expression'],
    ['is too long', 'a'.repeat(501), 'grep is longer than 500 characters'],
  ])('refuses one that %s', (_what, pattern, message) => {
    expect(() => createGrep(pattern)).toThrow(message);
  });

  it.each([
    ['(a+)+$', `${'a'.repeat(60)}b`],
    ['(.*)*(.*)*(.*)*(.*)*x$', 'y'.repeat(5_000)],
    ['(a|a)*b', 'a'.repeat(60)],
  ])('gives up on %j, which would take for ever', (pattern, text) => {
    const grep = createGrep(pattern);
    expect(() => grep([text])).toThrow('takes too long');
    // What is left of its time is for all of its calls.
    expect(() => grep([text])).toThrow('takes too long');
  });

  it.each(["constructor.constructor('return process')()", 'process.exit()', '"),process.exit('])(
    'takes %j for text, and runs none of it',
    (pattern) => {
      expect(() => createGrep(pattern)(['x'])).not.toThrow('process');
    },
  );
});
