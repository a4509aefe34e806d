import { CloudError, type CloudErrorCode } from '../../shared/ports/index.ts';
import type { Chance } from './random.ts';
import type { Schedule } from './schedule.ts';

/** How often what goes wrong. The first ones are probabilities of one call of a port. */
export interface FaultRates {
  /** The instance dies: before the call took effect, after it, or with the call on its way, which arrives later. */
  crash: number;
  /** The call is refused before it took effect, or its answer is lost after. */
  refuse: number;
  /** The call goes on only after seconds or minutes, before or after it took effect. */
  slow: number;
  /** The caller gives the call up, and it takes effect seconds or minutes later. */
  late: number;
  /** The call takes milliseconds of the world's clock, and not only turns. */
  pause: number;
  /** A wake-up is lost, delivered twice, or late: a probability of ten seconds. */
  wakeUp: number;
  /** Somebody or something outside does what we do not expect: a probability of ten seconds. */
  outside: number;
}

/** Nothing goes wrong; calls take their time all the same. */
export const fair: FaultRates = {
  crash: 0,
  refuse: 0,
  slow: 0,
  late: 0,
  pause: 0.1,
  wakeUp: 0,
  outside: 0,
};

export const levels = {
  none: fair,
  light: {
    crash: 1e-3,
    refuse: 2e-3,
    slow: 1e-3,
    late: 3e-4,
    pause: 0.1,
    wakeUp: 0.02,
    outside: 0.01,
  },
  heavy: {
    crash: 0.02,
    refuse: 0.03,
    slow: 6e-3,
    late: 3e-3,
    pause: 0.1,
    wakeUp: 0.2,
    outside: 0.15,
  },
} as const satisfies { [level: string]: FaultRates };

/** Whether nothing goes wrong at these rates. */
export function isFair({ pause: _, ...rates }: FaultRates): boolean {
  return Object.values(rates).every((rate) => rate === 0);
}

/** The rates of one life: some of what can go wrong more often, some less, some never. Each life has another mixture. */
export function mixed(rates: FaultRates, chance: Chance): FaultRates {
  const some = (rate: number): number => rate * chance.pick([0, 0.3, 1, 1, 3]);
  return {
    crash: some(rates.crash),
    refuse: some(rates.refuse),
    slow: some(rates.slow),
    late: some(rates.late),
    pause: chance.pick([0.02, 0.1, 0.3]),
    wakeUp: Math.min(0.5, some(rates.wakeUp)),
    outside: some(rates.outside),
  };
}

/** Longest time that a call hangs, in ms. */
const longestHangMs = 15 * 60_000;

/** What goes wrong now, and what of it is still to come. */
export interface Weather {
  rates: FaultRates;
  /** Calls that hang, or are on their way without anybody waiting for them. */
  hanging: number;
  /** Cloud Tasks takes nothing. */
  tasksAway: boolean;
  /** Cloud Scheduler calls nobody. */
  schedulerAway: boolean;
}

/** What the calls of one instance share. */
export interface Life {
  dead: boolean;
  /** How far its clock is ahead of the world's, in ms. */
  skewMs: number;
  /** Ends all that the instance does. */
  die(where: string): void;
}

export interface Air {
  chance: Chance;
  schedule: Schedule;
  weather: Weather;
}

export type Call = (...args: unknown[]) => Promise<unknown>;
type Codes = readonly [CloudErrorCode, ...CloudErrorCode[]];

const refusals: Codes = ['unavailable', 'deadline_exceeded', 'aborted', 'resource_exhausted'];
/** A commit is refused whole and says so, or its answer is lost: it is never over quota. */
const commitRefusals: Codes = ['unavailable', 'aborted'];
/** After these nobody knows whether the call took effect; the others say that it did not. */
const uncertain: ReadonlySet<CloudErrorCode> = new Set(['unavailable', 'deadline_exceeded']);
const never = new Promise<never>(() => {});

/**
 * A call of a port as an instance makes it. It takes a while, in which others go on; some are refused, some hang, some arrive
 * when nobody waits for them any more, and some are the last that the instance does, after which nothing of it comes back.
 */
export function troubled(name: string, call: Call, life: Life, air: Air): Call {
  const { chance, schedule, weather } = air;
  const hang = async (ms: number): Promise<void> => {
    weather.hanging += 1;
    await schedule.sleep(ms);
    weather.hanging -= 1;
  };
  const pause = async (): Promise<void> => {
    for (let turn = chance.between(0, 4); turn > 0; turn -= 1) await Promise.resolve();
    if (chance.happens(weather.rates.pause)) await schedule.sleep(chance.spread(1, 300));
  };
  const arriveLater = async (args: unknown[]): Promise<void> => {
    await hang(chance.spread(100, longestHangMs));
    await call(...args).catch(() => {});
  };
  const hangNow = (): Promise<void> => hang(chance.spread(1_000, longestHangMs));
  const die = (where: string): Promise<never> => {
    life.die(`${where} ${name}`);
    return never;
  };

  return async (...args) => {
    await pause();
    if (life.dead) return never;
    const { crash, refuse, slow, late } = weather.rates;
    if (name === 'tasks.enqueue' && weather.tasksAway) {
      throw new CloudError('unavailable', 'Cloud Tasks is away');
    }
    if (chance.happens(crash / 2)) {
      if (chance.happens(0.5)) void arriveLater(args);
      return die('before');
    }
    if (chance.happens(late)) {
      void arriveLater(args);
      await hang(chance.spread(100, 60_000));
      if (life.dead) return never;
      throw new CloudError('deadline_exceeded', `${name} was given up`);
    }
    const code = chance.pick(name === 'documents.commit' ? commitRefusals : refusals);
    const refused = chance.happens(refuse);
    const lost = refused && uncertain.has(code) && chance.happens(0.5);
    if (refused && !lost) throw new CloudError(code, `${name} was refused`);
    // What hangs before it took effect is on its way: it arrives even if the instance dies meanwhile.
    if (chance.happens(slow / 2)) await hangNow();
    const done = await call(...args).then(
      (answer) => () => answer,
      (error: unknown) => () => {
        throw error;
      },
    );
    if (chance.happens(slow / 2)) await hangNow();
    else if (chance.happens(weather.rates.pause)) await schedule.sleep(chance.spread(1, 300));
    if (life.dead) return never;
    if (chance.happens(crash / 2)) return die('after');
    if (lost) throw new CloudError(code, `the answer of ${name} was lost`);
    return done();
  };
}
