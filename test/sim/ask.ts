import { levels } from './faults.ts';
import type { LawName } from './laws.ts';
import { type LifeOptions, live } from './life.ts';
import { type NumberRange, numbersOf } from './numbers.ts';
import type { Level } from './options.ts';
import type { Mishap } from './random.ts';
import { type SabotageName, sabotages } from './sabotages.ts';

/** A life that is to be lived, as it is told to a thread. */
export interface Ask {
  seed: number;
  minutes: number;
  level: Level;
  /** Mishaps that do not happen. Default: none. */
  without?: readonly NumberRange[];
  /** Ids of mishaps: no others happen. Default: all. */
  only?: readonly string[];
  quietAfterMs?: number;
  /** How Drover is broken on purpose. */
  sabotage?: SabotageName;
  /** Whether its history is wanted; the story of a broken law then has every call. */
  withHistory?: boolean;
}

/** What was broken in a life; `threw`: it could not be lived to its end. */
export interface Broken {
  law: LawName | 'threw';
  message: string;
  /** When it was seen, in ms since the beginning of the storm. */
  afterMs: number;
  /** What is to be read of it. */
  story: string[];
}

/** What came of a life, as a thread tells it. */
export interface Told {
  seed: number;
  runs: number;
  /** Calls of ports. */
  calls: number;
  mishaps: readonly Mishap[];
  /** Lines; none unless they were asked for. */
  history: string[];
  broken?: Broken;
}

/** Lives a life. Never throws: a life that does is told as broken. */
export async function tell(ask: Ask): Promise<Told> {
  const { seed, withHistory = false } = ask;
  try {
    const life = await live(optionsOf(ask));
    const { runs, calls, mishaps, history, violation, brokenAfterMs = 0, story } = life;
    const told = { seed, runs, calls, mishaps, history: withHistory ? history : [] };
    if (!violation) return told;
    const { law, message } = violation;
    return { ...told, broken: { law, message, afterMs: brokenAfterMs, story } };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const broken: Broken = { law: 'threw', message, afterMs: 0, story: [message] };
    return { seed, runs: 0, calls: 0, mishaps: [], history: [], broken };
  }
}

function optionsOf({ seed, minutes, level, ...asked }: Ask): LifeOptions {
  return {
    seed,
    minutes,
    faults: levels[level],
    ...(asked.withHistory && { withCalls: true }),
    ...(asked.without && { without: numbersOf(asked.without) }),
    ...(asked.only && { only: new Set(asked.only) }),
    ...(asked.quietAfterMs !== undefined && { quietAfterMs: asked.quietAfterMs }),
    ...(asked.sabotage && { sabotage: sabotages[asked.sabotage].sabotage }),
  };
}

/** Whether two lives broke the same law in the same manner: what has no name of its own is told apart by its first line. */
export function isSame(one: Broken | undefined, other: Broken | undefined): boolean {
  if (!one || !other || one.law !== other.law) return false;
  if (one.law !== 'bugs' && one.law !== 'threw') return true;
  return headOf(one.message) === headOf(other.message);
}

const anId = /[a-z][a-z0-9-]*-[a-z2-7]{8}|\d+/g;

function headOf(message: string): string {
  return (message.split('\n')[0] ?? '').replace(anId, '…');
}
