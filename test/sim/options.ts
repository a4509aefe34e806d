import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { levels } from './faults.ts';
import { type NumberRange, readRanges } from './numbers.ts';
import { type SabotageName, sabotages } from './sabotages.ts';

export type Level = keyof typeof levels;

/** What is to be lived, as the command line says it. */
export interface SimOptions {
  /** The first seed. */
  first: number;
  seeds: number;
  /** Minutes of deliveries and faults in each life. */
  minutes: number;
  level: Level;
  /** Whether to go on after a life that failed. */
  all: boolean;
  /** Mishaps that do not happen. */
  without: NumberRange[];
  /** Ids of mishaps: no others happen. */
  only?: string[];
  /** Ms of the storm after which nothing new goes wrong. */
  quietAfterMs?: number;
  /** How Drover is broken on purpose. */
  sabotage?: SabotageName;
  /** Threads that live at one time. */
  jobs: number;
  /** Whether one life is wanted with its whole history. */
  isReplay: boolean;
}

const names = Object.keys(levels).reverse() as [Level, ...Level[]];
const sabotageNames = Object.keys(sabotages) as SabotageName[];
/** Seeds are drawn from 32 bits. */
const largestSeed = 2 ** 32 - 1;
const mostMinutes = 24 * 60;
const mostJobs = 64;

export const usage = `Usage: npm run sim -- [options]

  --seeds N      how many lives to simulate (default: 100)
  --seed S       the first seed (default: 1); alone, that life only, with its whole history
  --minutes M    minutes of deliveries and faults in each life, 1 to ${mostMinutes} (default: 1)
  --faults L     how much goes wrong: ${names.join(', ')} (default: heavy)
  --all          go on after a life that failed, and tell of each only the law that was broken
  --jobs J       threads to live in, 1 to ${mostJobs} (default: one a core)
  --without W    of one life: mishaps that do not happen this time, by their numbers: 3,7-20,40-
  --only IDS     of one life: mishaps that happen this time and no others, by their ids, or none
  --quiet-after MS  of one life: ms after which nothing new goes wrong and nobody asks for anything
  --sabotage X   break Drover on purpose, to see that it is found: 
                 ${sabotageNames.join(', ')}
  --help         show this

Exit code: 0 if every law held, 1 if one was broken, 2 if the options are wrong.`;

/** Reads the command line; a string is what is wrong with it, what is allowed, and what to do. */
export function readOptions(args: readonly string[]): SimOptions | 'help' | { wrong: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    const said = error instanceof Error ? error.message.split('. ')[0] : String(error);
    return { wrong: `${said}. Use the options below.` };
  }
  if (values.help) return 'help';
  const wrong: string[] = [];
  const number = (name: string, fallback: number, low: number, high: number): number => {
    const given = values[name as 'seed'];
    if (given === undefined) return fallback;
    const read = /^\d{1,12}$/.test(given) ? Number(given) : Number.NaN;
    if (read >= low && read <= high) return read;
    wrong.push(
      `--${name} ${given} is not a whole number from ${low} to ${high}: give one, or leave --${name} out (${fallback}).`,
    );
    return fallback;
  };
  const isReplay = values.seed !== undefined && values.seeds === undefined;
  const first = number('seed', 1, 1, largestSeed);
  const seeds = isReplay ? 1 : number('seeds', 100, 1, 10_000_000);
  const minutes = number('minutes', 1, 1, mostMinutes);
  const jobs = number('jobs', Math.min(mostJobs, availableParallelism()), 1, mostJobs);
  const quietAfterMs = number('quiet-after', minutes * 60_000, 0, mostMinutes * 60_000);
  const level = names.find((name) => name === (values.faults ?? 'heavy'));
  if (!level) {
    wrong.push(`--faults ${values.faults} is not a level: give one of ${names.join(', ')}.`);
  }
  const without = values.without === undefined ? [] : readRanges(values.without);
  if (!without) {
    wrong.push(
      `--without ${values.without} are no numbers of mishaps: give numbers from 1 and ranges, such as 3,7-20,40-.`,
    );
  }
  const only = values.only === undefined ? undefined : readIds(values.only);
  if (values.only !== undefined && !only) {
    wrong.push(`--only ${values.only} are no ids of mishaps: give those of a report, or none.`);
  }
  const ofOne = (['without', 'only', 'quiet-after'] as const).find((name) => values[name]);
  if (!isReplay && ofOne) {
    wrong.push(`--${ofOne} is of one life: give its seed by --seed, and leave --seeds out.`);
  }
  const sabotage = sabotageNames.find((name) => name === values.sabotage);
  if (values.sabotage !== undefined && !sabotage) {
    wrong.push(
      `--sabotage ${values.sabotage} is none that there is: give one of ${sabotageNames.join(', ')}.`,
    );
  }
  if (first + seeds - 1 > largestSeed) {
    wrong.push(`--seeds ${seeds} leads past the last seed, ${largestSeed}: give fewer.`);
  }
  if (!level || !without || wrong.length > 0) return { wrong: wrong.join('\n') };
  return {
    first,
    seeds,
    minutes,
    level,
    all: values.all ?? false,
    without,
    ...(only && { only }),
    ...(values['quiet-after'] !== undefined && { quietAfterMs }),
    ...(sabotage && { sabotage }),
    jobs,
    isReplay,
  };
}

/** Reads ids of mishaps; undefined: they are not written so. */
function readIds(text: string): string[] | undefined {
  if (text === 'none') return [];
  const ids = text.split(',');
  return ids.every((id) => /^[0-9a-z]{1,7}\.\d{1,9}$/.test(id)) ? ids : undefined;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
      faults: { type: 'string' },
      all: { type: 'boolean' },
      without: { type: 'string' },
      only: { type: 'string' },
      'quiet-after': { type: 'string' },
      jobs: { type: 'string' },
      sabotage: { type: 'string' },
      help: { type: 'boolean' },
    },
  }).values;
}
