import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jitterOf } from './jitter.ts';

describe('jitter', () => {
  it('is less than its bound, whole, and the same whenever it is asked', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(),
        fc.integer({ min: 0, max: 3_600 }),
        (agent, due, bound) => {
          const jitter = jitterOf(agent, due, bound);
          expect(jitter).toBe(jitterOf(agent, due, bound));
          expect(Number.isInteger(jitter)).toBe(true);
          expect(jitter).toBeGreaterThanOrEqual(0);
          expect(jitter).toBeLessThan(Math.max(1, bound * 1_000));
        },
      ),
    );
  });

  it('spreads the agents of one minute, and the minutes of one agent', () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    for (const jitters of [
      numbers.map((n) => jitterOf(`agent-${n}`, 0, 60)),
      numbers.map((n) => jitterOf('agent', n * 60_000, 60)),
    ]) {
      const quarters = [0, 1, 2, 3].map(
        (quarter) => jitters.filter((ms) => Math.floor(ms / 15_000) === quarter).length,
      );
      expect(Math.min(...quarters)).toBeGreaterThan(25);
    }
  });
});
