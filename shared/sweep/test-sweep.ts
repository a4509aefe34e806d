import type { Ports } from '../ports/index.ts';
import { createReleases } from '../projects/release.ts';
import { type Swept, sweep } from './sweep.ts';

/** One sweep by an instance that has just started; it is over when the sweep says so. */
export function sweepOnce(ports: Ports): Promise<Swept> {
  return sweep(ports, createReleases(ports));
}
