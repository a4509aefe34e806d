import type { Clock } from '../ports/index.ts';
import type { Run } from './run.ts';

/** Things that a run may say of itself as fast as it likes, and the time in ms after which it may say one more. */
const atOnce = 60;
const eachMs = 5_000;

/**
 * Waits a while for a run that has said more than it may, which the number of its journal's entries tells: so the journal has at
 * most {@link atOnce} of them and one for each {@link eachMs} of its life, for each instance that hears it. Whoever waits goes on
 * with the last that was said meanwhile. Answers whether it waited: then the run must be read again.
 */
export async function keepPace({ clock }: { clock: Clock }, run: Run): Promise<boolean> {
  const since = Date.parse(run.times.launching ?? '') || 0;
  const age = clock.now() - since;
  if (run.events < atOnce + age / eachMs) return false;
  await clock.sleep(eachMs);
  return true;
}
