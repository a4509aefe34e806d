import { killRun } from '../../../shared/runs/kill.ts';
import { octavia } from '../../ask.ts';
import type { Stage } from '../stage.ts';

/** A person kills a run, and does not ask again where there is no answer. */
export async function killBeside({ world }: Stage, run: string): Promise<void> {
  await world
    .call('control', (ports, releases) => killRun(ports, releases, run, octavia))
    .catch(() => {});
}
