import type { Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import type { Settings } from '../settings.ts';
import { type Swept, sweep } from '../sweep/sweep.ts';
import { type Admitted, admitDue, type Outlook } from './admit-due.ts';

/**
 * What is done each minute: runs that are due are admitted, then the sweep. Neither keeps the other from being done; what
 * they threw is thrown at the end.
 */
export async function tick(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  outlook: Outlook = {},
): Promise<Admitted & Swept> {
  const [admitted] = await Promise.allSettled([admitCurrent(ports, settings, releases, outlook)]);
  const [swept] = await Promise.allSettled([sweep(ports, releases)]);
  if (admitted.status === 'fulfilled' && swept.status === 'fulfilled') {
    return { ...admitted.value, ...swept.value };
  }
  const errors = [admitted, swept].flatMap((half) =>
    half.status === 'rejected' ? [half.reason] : [],
  );
  if (errors.length === 1) throw errors[0];
  throw new AggregateError(errors, errors.map(String).join('; '));
}

async function admitCurrent(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  outlook: Outlook,
): Promise<Admitted> {
  const current = await releases.current();
  return current ? admitDue(ports, settings, current, outlook) : { admitted: 0, missed: 0 };
}
