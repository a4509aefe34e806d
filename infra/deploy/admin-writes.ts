import type { Clock } from '../../shared/ports/index.ts';
import type { Command } from '../deployment/kind.ts';

/**
 * Cloud Run admin writes a minute that a deployment takes, of the 60 that a project has by default in a region (its quota "Write
 * requests per minute per region"; runs take two each). What runs meanwhile has the rest.
 */
export const adminWritesAMinute = 12;

/** How many Cloud Run admin writes a command takes. A function that is deployed takes two: its service, and who may call it. */
export function adminWritesOf(command: Command): number {
  if (command.tool === 'api') return 0;
  const [group, ...verb] = command.args;
  if (group === 'functions' && verb[0] === 'deploy') return 2;
  return group === 'run' && verb[1] === 'update-traffic' ? 1 : 0;
}

/** Lets admin writes through no faster than {@link adminWritesAMinute}, evenly. */
export type Pacer = (writes: number) => Promise<void>;

export function createPacer(clock: Clock): Pacer {
  const writeMs = 60_000 / adminWritesAMinute;
  let free = clock.now();
  return async (writes) => {
    if (writes === 0) return;
    const now = clock.now();
    const begin = Math.max(now, free);
    free = begin + writes * writeMs;
    if (begin > now) await clock.sleep(begin - now);
  };
}
