import type { Ports } from '../ports/index.ts';
import { removeOldDeliveries } from './remove-deliveries.ts';
import { removeOldRuns } from './remove-runs.ts';

/** Minutes between two looks: nobody waits for it, and each costs two reads where nothing is old. */
const everyMinutes = 5;
/** Time in ms after which nothing more is begun: the next tick must not wait. */
const longestMs = 20_000;

/**
 * Removes what was kept long enough, in each fifth minute. Runs first: a delivery is kept for as long as one of its runs. Answers
 * how many are gone.
 */
export async function removeOld(ports: Ports): Promise<number> {
  const { now } = ports.clock;
  const begun = now();
  if (Math.floor(begun / 60_000) % everyMinutes !== 0) return 0;
  const mayGoOn = (): boolean => now() < begun + longestMs;
  const runs = await removeOldRuns(ports, mayGoOn);
  return runs + (await removeOldDeliveries(ports, mayGoOn));
}
