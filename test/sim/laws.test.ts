import { describe, expect, it } from 'vitest';
import { invariants, laws, proves } from './laws.ts';

describe('the laws of a life', () => {
  it.each(Object.keys(invariants))('invariant %s is proved by at least one', (invariant) => {
    const proving = Object.values(proves).filter((proved) =>
      proved.includes(Number(invariant) as 1),
    );
    expect(proving.length).toBeGreaterThan(0);
  });

  it('say each something else', () => {
    const said = Object.values(laws);
    expect(new Set(said).size).toBe(said.length);
  });
});
