import { describe, expect, it } from 'vitest';
import { wallClock } from './wall-clock.ts';

describe('what the clocks of a zone show', () => {
  it.each([
    ['UTC', '2026-03-01T12:00:00.250Z', '2026-03-01T12:00:00.250Z'],
    ['Europe/Berlin', '2026-07-01T22:30:15.001Z', '2026-07-02T00:30:15.001Z'],
    ['Asia/Kathmandu', '2026-03-01T12:00:00.999Z', '2026-03-01T17:45:00.999Z'],
    // Before 1970, when the count of milliseconds is below zero.
    ['America/New_York', '1969-12-31T23:59:59.750Z', '1969-12-31T18:59:59.750Z'],
  ])('of %s at %s is %s, to the millisecond', (zone, instant, shown) => {
    expect(new Date(wallClock(zone, Date.parse(instant))).toISOString()).toBe(shown);
  });

  it('cannot be told of a zone that there is not', () => {
    expect(() => wallClock('Mars/Phobos', 0)).toThrow(RangeError);
  });
});
