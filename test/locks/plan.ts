import { type Chance, chance } from '../sim/random.ts';
import type { Fate, Fault } from './mishandled.ts';

/** One thing that somebody does. Names of runs and keys are those of the plan. */
export type Step = { faults: readonly Fault[] } & (
  | { verb: 'acquire' | 'keep'; key: string; ttlMs: number }
  | { verb: 'release' | 'break'; key: string }
  | { verb: 'end'; run: string; how: 'killed' | 'vanished' }
  | { verb: 'sweep' }
  | { verb: 'pass'; ms: number }
  /** Waits until everybody else who meets is there. */
  | { verb: 'meet' }
);

/** Somebody who does one thing after another. */
export interface Actor {
  /** The run for which it speaks. Several may speak for one. */
  run: string;
  /** By how much the clock of its instances is ahead, in ms. */
  skewMs: number;
  steps: readonly Step[];
}

/** What is to happen in a history. The order in which it does is left to chance, or to the machine. */
export interface Plan {
  /** What it was made from. */
  seed: number;
  actors: readonly Actor[];
}

/** How long things last, in ms. */
export interface Scale {
  ttls: readonly [number, ...number[]];
  /** Longer than any history takes. */
  longTtl: number;
  passes: readonly [number, ...number[]];
}

/** For a clock that stands still until it is moved: seconds around the ends of locks, of waiting, and of the longest tenure. */
export const virtualScale: Scale = {
  ttls: [1_000, 60_000, 60_000, 1_800_000, 86_400_000],
  longTtl: 86_400_000,
  passes: [1_000, 59_000, 60_000, 61_000, 121_000, 1_800_000, 86_400_000],
};

/** For a machine's clock: locks that end while others are asked for. */
export const realScale: Scale = {
  ttls: [20, 60, 200, 600_000],
  longTtl: 600_000,
  passes: [1, 5, 20, 60],
};

export const runs = ['dev-a', 'dev-b', 'dev-c', 'dev-d'] as const;
const keys = ['x:1', 'x:2', 'x:3'] as const;

/** How far instances' clocks may be off, in ms. */
const largestSkewMs = 600_000;

/**
 * A plan from a seed: in half of them everybody does anything; in a quarter runs close a ring and go on asking; in a quarter they
 * take and give back two locks, so that rings come and go while somebody looks for them.
 */
export function planOf(seed: number, scale: Scale): Plan {
  const dice = chance(seed);
  const kinds = [anyActors, ringActors, anyActors, fickleActors] as const;
  return { seed, actors: (kinds[seed % kinds.length] ?? anyActors)(dice, scale) };
}

function anyActors(dice: Chance, scale: Scale): Actor[] {
  const keyCount = dice.between(1, keys.length);
  const key = (): string => keys[dice.between(0, keyCount - 1)] ?? keys[0];
  const faultyness = dice.pick([0, 0.1, 0.3]);
  const containers = Array.from({ length: dice.between(2, 5) }, (): Actor => {
    const run = dice.pick(runs);
    const steps = Array.from({ length: dice.between(2, 7) }, (): Step => {
      const verb = dice.pick(['acquire', 'acquire', 'acquire', 'release', 'keep'] as const);
      const faults = someFaults(dice, faultyness);
      if (verb === 'release') return { verb, key: key(), faults };
      return { verb, key: key(), ttlMs: dice.pick(scale.ttls), faults };
    });
    return { run, skewMs: skew(dice), steps };
  });
  const happenings = dice.between(0, 6);
  const steps = Array.from({ length: happenings }, () =>
    happening(dice, scale, key(), someFaults(dice, faultyness)),
  );
  return [...containers, { run: 'operator', skewMs: skew(dice), steps }];
}

/** Runs that each have a key and go on asking for what the next has, while now and then one is broken out of the ring. */
function ringActors(dice: Chance, scale: Scale): Actor[] {
  const size = dice.between(2, runs.length);
  const ring = runs.slice(0, size);
  const faultyness = dice.pick([0, 0.05, 0.2]);
  const keyOf = (index: number): string => `x:${(index % size) + 1}`;
  const members = ring.map((run, index): Actor => {
    const again = { ttlMs: scale.longTtl, faults: [] };
    const asks = Array.from({ length: dice.between(3, 6) }, (): Step[] => {
      const faults = someFaults(dice, faultyness);
      const ask = { verb: 'acquire' as const, key: keyOf(index + 1), ttlMs: scale.longTtl, faults };
      const life = { verb: 'keep' as const, key: keyOf(index), ...again };
      return dice.happens(0.2) ? [life, ask] : [ask];
    });
    return {
      run,
      skewMs: skew(dice),
      steps: [
        { verb: 'acquire', key: keyOf(index), ...again },
        { verb: 'meet', faults: [] },
        ...asks.flat(),
      ],
    };
  });
  const events = Array.from({ length: dice.pick([0, 0, 1, 2, 3]) }, () =>
    happening(dice, scale, keyOf(dice.between(0, size - 1)), []),
  );
  const steps: Step[] = [{ verb: 'meet', faults: [] }, ...events];
  return [...members, { run: 'operator', skewMs: skew(dice), steps }];
}

/** Runs that ask for two locks and give them back again, all at once. */
function fickleActors(dice: Chance, scale: Scale): Actor[] {
  return Array.from({ length: dice.between(3, 4) }, (_, index): Actor => {
    const steps = Array.from({ length: dice.between(4, 8) }, (): Step => {
      const key = dice.pick(['x:1', 'x:2']);
      const verb = dice.pick(['acquire', 'acquire', 'acquire', 'release'] as const);
      if (verb === 'release') return { verb, key, faults: [] };
      return { verb, key, ttlMs: scale.longTtl, faults: [] };
    });
    // Now and then two of them speak for one run.
    return { run: runs[index % 3] ?? runs[0], skewMs: skew(dice), steps };
  });
}

function happening(dice: Chance, scale: Scale, key: string, faults: Fault[]): Step {
  const verb = dice.pick(['pass', 'pass', 'pass', 'break', 'end', 'sweep'] as const);
  if (verb === 'pass') return { verb, ms: dice.pick(scale.passes), faults: [] };
  if (verb === 'break') return { verb, key, faults };
  if (verb === 'sweep') return { verb, faults };
  return { verb, run: dice.pick(runs), how: dice.pick(['killed', 'vanished'] as const), faults };
}

function someFaults(dice: Chance, probability: number): Fault[] {
  if (!dice.happens(probability)) return [];
  const fate = dice.pick<Fate>([
    'refused',
    'unanswered',
    'unanswered',
    'late',
    'dies before',
    'dies after',
    'dies meanwhile',
  ]);
  // Two reads, and then most often the commit.
  return [{ call: dice.pick([1, 3, 3, 3, 4, 5]), fate }];
}

function skew(dice: Chance): number {
  return dice.pick([0, largestSkewMs, -largestSkewMs, dice.between(-largestSkewMs, largestSkewMs)]);
}
