import { describe, expect, it } from 'vitest';
import { ago, clock, momentOf, span, withClocks } from './times.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const minute = 60_000;
const day = 24 * 60 * minute;

describe('a length of time', () => {
  it.each([
    [0, '0 ms'],
    [840, '840 ms'],
    [3_240, '3.2 s'],
    [12_400, '12 s'],
    [59_700, '1 min'],
    [250_000, '4 min 10 s'],
    [125 * minute, '2 h 5 min'],
    [76 * 60 * minute, '3 d 4 h'],
  ])('of %i ms is %s', (ms, said) => {
    expect(span(ms)).toBe(said);
  });
});

describe('a moment', () => {
  it.each([
    [now, 'now'],
    [now - 12_000, '12 s ago'],
    [now - 5 * minute, '5 min ago'],
    [now - 26 * 60 * minute, '26 h ago'],
    [now - 3 * day, '3 d ago'],
    [now + 5 * minute, 'in 5 min'],
  ])('at %i is %s', (at, said) => {
    expect(ago(new Date(at), now)).toBe(said);
  });

  it('is what a clock here shows, with its date where that is another', () => {
    const here = new Date(now);
    const time = here.toTimeString().slice(0, 8);
    expect(clock(here, now)).toBe(time);
    expect(clock(new Date(now - 3 * day), now)).toBe(`2026-02-26 ${time}`);
    expect(clock('soon', now)).toBe('soon');
  });

  it('is told the same way within a sentence', () => {
    const time = new Date(now).toTimeString().slice(0, 8);
    expect(withClocks('not before 2026-03-01T12:00:00.000Z, or later', now)).toBe(
      `not before ${time}, or later`,
    );
  });

  it('is meant by a length of time or an ISO time, and by nothing else', () => {
    expect(momentOf('90m', now)?.getTime()).toBe(now - 90 * minute);
    expect(momentOf('3d', now)?.getTime()).toBe(now - 3 * day);
    expect(momentOf('2026-02-28', now)?.toISOString()).toBe('2026-02-28T00:00:00.000Z');
    for (const wrong of ['', 'yesterday', '3', '-3d', '2026-99-99', '99999999d', '12/24/2026']) {
      expect(momentOf(wrong, now)).toBeUndefined();
    }
  });
});
