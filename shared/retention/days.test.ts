import { describe, expect, it } from 'vitest';
import {
  deliveryExpiryOf,
  expiryOf,
  fewestDays,
  keptDays,
  longPartExpiryOf,
  mostDays,
  partExpiryOf,
  removableUntil,
  ttlOf,
} from './days.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const dayMs = 86_400_000;

describe('how long history is kept', () => {
  it('is what the project says, two weeks where it says nothing', () => {
    expect(keptDays({})).toBe(14);
    expect(keptDays({ historyRetentionDays: 90 })).toBe(90);
  });

  it('is never less than de-duplication needs, nor more than its parts are sure to be there', () => {
    expect(keptDays({ historyRetentionDays: 1 })).toBe(fewestDays);
    expect(keptDays({ historyRetentionDays: 5_000 })).toBe(mostDays);
  });

  it('ends for the sweep when the days are over, and for the TTL policy a week later', () => {
    const expireAt = expiryOf(now, 10);
    expect(expireAt).toEqual(new Date(now + 17 * dayMs));
    expect(removableUntil(now + 10 * dayMs)).toEqual(expireAt);
  });

  it('ends for a delivery after that of the runs which it started at once', () => {
    expect(deliveryExpiryOf(now, 10).getTime()).toBeGreaterThan(expiryOf(now, 10).getTime());
  });

  it('ends for a part after its run, whatever the run is kept for and however long it lives', () => {
    const longestLife = 8 * dayMs;
    for (const days of [fewestDays, 14, mostDays]) {
      const run = expiryOf(now + longestLife, days);
      expect(partExpiryOf(now, days).getTime()).toBeGreaterThan(run.getTime());
      expect(longPartExpiryOf(now).getTime()).toBeGreaterThan(run.getTime());
    }
  });

  it('is that of a project which says nothing for what an older Drover wrote', () => {
    expect(ttlOf(now)).toEqual(ttlOf(now, 14));
    expect(expiryOf(now)).toEqual(expiryOf(now, 14));
  });
});
