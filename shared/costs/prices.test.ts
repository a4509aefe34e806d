import { describe, expect, it } from 'vitest';
import { dollars, prices, pricesOf, tierOf } from './prices.ts';

describe('the table of prices', () => {
  it('is dated', () => {
    expect(pricesOf).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  it('has no price of nothing', () => {
    for (const [what, price] of Object.entries(prices)) expect(price, what).toBeGreaterThan(0);
  });

  it('knows the two prices of regions, and takes what is no region of Google for the cheaper', () => {
    expect(tierOf('europe-west1')).toBe(1);
    expect(tierOf('europe-west3')).toBe(2);
    expect(tierOf('africa-south1')).toBe(2);
    expect(tierOf('local')).toBe(1);
    expect(tierOf(undefined)).toBe(1);
  });
});

describe('an amount of money', () => {
  it('is kept to the hundred-millionth of a dollar, so that sums do not drift', () => {
    expect(dollars(0.1 + 0.2)).toBe(0.3);
    expect(dollars(0.000_000_014)).toBe(0.000_000_01);
    expect(dollars(1e6)).toBe(1e6);
  });
});
