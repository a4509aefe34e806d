import { describe, expect, it } from 'vitest';
import { isTtl, ttlProblem } from './ttl.ts';

describe('a ttl', () => {
  it.each([0.001, 1, 1_800, 86_400])('may be %d seconds', (ttl) => {
    expect(isTtl(ttl)).toBe(true);
  });

  it.each([0, -1, 86_400.001, Number.NaN, Number.POSITIVE_INFINITY, '60', null, undefined])(
    'is none: %j',
    (ttl) => {
      expect(isTtl(ttl)).toBe(false);
    },
  );

  it('that is none is told what one is', () => {
    expect(ttlProblem).toBe('ttl must be a number of seconds above 0 and at most 86400');
  });
});
