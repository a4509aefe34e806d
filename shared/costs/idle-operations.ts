import { type Operations, priceOf, sumOf } from './operations.ts';
import { dollars, prices, type Tier } from './prices.ts';

/** Ticks of a day: Cloud Scheduler calls each minute. */
const ticks = 24 * 60;

/** What one tick asks of Google that finds nothing to do. `test/costs/` counts it, and compares. */
const tick: Partial<Operations> = {
  requests: 1,
  logBytes: 1_500,
  // Two more in every fifth minute, which looks for what was kept long enough.
  reads: 3 + 2 / 5,
  functionSeconds: 0.2,
};

/** What the control plane asks of Google on a day on which nothing happens. */
export function idleDay(): Operations {
  return sumOf([tick, ticks]);
}

/** What such a day costs, in US dollars, without free tiers: the ticks, and the job that calls them. */
export function idleDayCost(tier: Tier): number {
  return dollars(priceOf(idleDay(), tier) + prices.scheduledDay);
}
