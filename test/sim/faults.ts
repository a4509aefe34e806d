import type { Chance } from './random.ts';

/** How often what goes wrong. The first ones are probabilities of one call of a port. */
export interface FaultRates {
  /** The instance dies: before the call took effect, after it, or with the call on its way, which arrives later. */
  crash: number;
  /** The call is refused before it took effect, or its answer is lost after. */
  refuse: number;
  /** The call is over a quota. */
  quota: number;
  /** Firestore aborts the call for contention that nobody else sees. */
  abort: number;
  /** The call goes on only after seconds or minutes, before or after it took effect. */
  slow: number;
  /** The caller gives the call up, and it takes effect seconds or minutes later. */
  late: number;
  /** The call takes milliseconds of the world's clock, and not only turns. No mishap: calls take their time. */
  pause: number;
  /** A request finds no instance, or its answer is lost: a probability of one request. */
  unanswered: number;
  /** Cloud Tasks makes one call twice at once, in two instances: a probability of one call. */
  twice: number;
  /** A wake-up or a message of the log sink is lost, delivered twice, late, or out of order: a probability of ten seconds. */
  wakeUp: number;
  /** Somebody or something outside does what we do not expect: a probability of ten seconds. */
  outside: number;
  /** Cloud Scheduler calls nobody for an hour: a probability of ten seconds. */
  noTick: number;
  /** Nothing of Drover's goes on for hours, in which secrets expire: a probability of ten seconds. */
  standstill: number;
  /** The clock of an instance is wrong: a probability of one instance. */
  clock: number;
}

/** Nothing goes wrong; calls take their time all the same. */
export const fair: FaultRates = {
  crash: 0,
  refuse: 0,
  quota: 0,
  abort: 0,
  slow: 0,
  late: 0,
  pause: 0.1,
  unanswered: 0,
  twice: 0,
  wakeUp: 0,
  outside: 0,
  noTick: 0,
  standstill: 0,
  clock: 0,
};

export const levels = {
  none: fair,
  light: {
    crash: 1e-3,
    refuse: 2e-3,
    quota: 1e-3,
    abort: 1e-3,
    slow: 1e-3,
    late: 3e-4,
    pause: 0.1,
    unanswered: 2e-3,
    twice: 2e-3,
    wakeUp: 0.02,
    outside: 0.01,
    noTick: 3e-4,
    standstill: 1e-4,
    clock: 0.1,
  },
  heavy: {
    crash: 0.02,
    refuse: 0.03,
    quota: 0.01,
    abort: 0.01,
    slow: 6e-3,
    late: 3e-3,
    pause: 0.1,
    unanswered: 0.02,
    twice: 0.03,
    wakeUp: 0.2,
    outside: 0.15,
    noTick: 4e-3,
    standstill: 3e-3,
    clock: 0.4,
  },
} as const satisfies { [level: string]: FaultRates };

/** Asked at every call of a port, of a handful of rates that never change. */
const fairness = new WeakMap<FaultRates, boolean>();

/** Whether nothing goes wrong at these rates. */
export function isFair(rates: FaultRates): boolean {
  const known = fairness.get(rates);
  if (known !== undefined) return known;
  const { pause: _, ...wrong } = rates;
  const isSo = Object.values(wrong).every((rate) => rate === 0);
  fairness.set(rates, isSo);
  return isSo;
}

/** The rates of one life: some of what can go wrong more often, some less, some never. Each life has another mixture. */
export function mixed(rates: FaultRates, chance: Chance): FaultRates {
  const some = (rate: number): number => Math.min(0.5, rate * chance.pick([0, 0.3, 1, 1, 3]));
  const each = Object.entries(rates).map(([what, rate]) => [what, some(rate)]);
  return { ...(Object.fromEntries(each) as FaultRates), pause: chance.pick([0.02, 0.1, 0.3]) };
}

/** What goes wrong now, and what of it is still to come. */
export interface Weather {
  rates: FaultRates;
  /** Calls that hang, or are on their way without anybody waiting for them. */
  hanging: number;
  /** Cloud Tasks takes nothing. */
  tasksAway: boolean;
  /** Cloud Scheduler calls nobody. */
  schedulerAway: boolean;
  /** Until when Cloud Scheduler calls nobody for an hour, and until when nothing goes on: in ms since the epoch. */
  noTickUntil: number;
  stillUntil: number;
}

/** @param now In ms since the epoch. */
export function calmWeather(): Weather {
  return {
    rates: fair,
    hanging: 0,
    tasksAway: false,
    schedulerAway: false,
    noTickUntil: 0,
    stillUntil: 0,
  };
}
