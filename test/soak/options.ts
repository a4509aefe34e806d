import { parseArgs } from 'node:util';

/** What a soak was asked for. */
export interface SoakOptions {
  deliveries: number;
  /** Decides the plan of deliveries and kills; what processes make of them is never the same twice. */
  seed: number;
  /** Mean time in ms that a process of the functions lives before it is killed. */
  killEveryMs: number;
  /** For how long it sends and kills, in ms. */
  stormMs: number;
  /** Longest time that all of it may take, in ms. */
  longestMs: number;
}

/** The part of the time that is stormy. What a kill cost is made good within a lease and a sweep after it. */
const partStorm = 0.42;

export const usage = `Usage: npm run soak -- [options]

  --deliveries N        deliveries to send (default: 500)
  --seed S              what decides bursts, agents and kills (default: the time)
  --kill-every SECONDS  mean life of a process of the functions (default: 3)
  --minutes M           longest time in all (default: 3)
  --help                show this`;

/** Reads the command line; `wrong` is what is wrong with it. */
export function readOptions(
  args: readonly string[],
  now: number,
): SoakOptions | 'help' | { wrong: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return 'help';
  const deliveries = Number(values.deliveries ?? 500);
  if (!Number.isInteger(deliveries) || deliveries < 1 || deliveries > 5_000) {
    return { wrong: `--deliveries ${values.deliveries} is not a number from 1 to 5000` };
  }
  const seed = Number(values.seed ?? now % 1_000_000);
  if (!Number.isInteger(seed)) return { wrong: `--seed ${values.seed} is not a whole number` };
  const seconds = Number(values['kill-every'] ?? 3);
  if (!(seconds >= 0.5 && seconds <= 60)) {
    return { wrong: `--kill-every ${values['kill-every']} is not a number from 0.5 to 60` };
  }
  const minutes = Number(values.minutes ?? 3);
  if (!(minutes >= 0.5 && minutes <= 60)) {
    return { wrong: `--minutes ${values.minutes} is not a number from 0.5 to 60` };
  }
  const longestMs = minutes * 60_000;
  const stormMs = longestMs * partStorm;
  return { deliveries, seed, killEveryMs: seconds * 1_000, stormMs, longestMs };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      deliveries: { type: 'string' },
      seed: { type: 'string' },
      'kill-every': { type: 'string' },
      minutes: { type: 'string' },
      help: { type: 'boolean' },
    },
  }).values;
}
