import { describe, expect, it } from 'vitest';
import { hint, nearest } from './nearest.ts';

describe('the nearest known name', () => {
  it.each([
    ['timeot', 'timeout'],
    ['TIMEOUT', 'timeout'],
    ['maxRerun', 'maxReruns'],
    ['x', undefined],
    ['elephant', undefined],
    ['', undefined],
    ['timeout'.repeat(20), undefined],
  ])('to %s is %s', (found, name) => {
    expect(nearest(found, ['scale', 'timeout', 'maxReruns'])).toBe(name);
  });

  it('becomes a hint, or else all names do', () => {
    expect(hint('scal', ['scale'], 'it has')).toBe('; did you mean scale?');
    expect(hint('zebra', ['scale', 'timeout'], 'it has')).toBe('; it has scale, timeout');
    expect(hint('zebra', [], 'it has')).toBe('; it has none');
  });
});
