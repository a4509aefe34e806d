import { CloudError, type CloudErrorCode } from '../../shared/ports/index.ts';
import { isFair, type Weather } from './faults.ts';
import type { Chance } from './random.ts';
import type { Schedule } from './schedule.ts';

/** What the calls of one instance share. */
export interface Life {
  dead: boolean;
  /** Ends all that the instance does. */
  die(where: string): void;
}

export interface Air {
  chance: Chance;
  schedule: Schedule;
  weather: Weather;
}

export type Call = (...args: unknown[]) => Promise<unknown>;

/** A call, and whose it is. */
type CallAs<Caller> = (caller: Caller, args: unknown[]) => Promise<unknown>;

/** Longest time that a call hangs, in ms: mostly, and sometimes. */
const longestHangMs = 15 * 60_000;
const veryLongMs = 3 * 3_600_000;
/** Share of the calls that hang which do so for very long. */
const veryLong = 0.03;

/** Each its own: one that all wait for would keep what waits, and with it the whole of its life. */
const never = (): Promise<never> => new Promise(() => {});

/** What can happen to the calls of one method, in words. */
interface Words {
  before: string;
  onItsWay: string;
  after: string;
  late: string;
  refused: string;
  lost: string;
  quota: string;
  aborted: string;
  slow: string;
}

const words = new Map<string, Words>();

function wordsOf(name: string): Words {
  const known = words.get(name);
  if (known) return known;
  const made: Words = {
    before: `crash before ${name}`,
    onItsWay: `crash with ${name} on its way`,
    after: `crash after ${name}`,
    late: `${name} given up, and late`,
    refused: `${name} refused`,
    lost: `answer of ${name} lost`,
    quota: `${name} over quota`,
    aborted: `${name} aborted`,
    slow: `${name} slow`,
  };
  words.set(name, made);
  return made;
}

/**
 * A call of a port as an instance makes it. It waits for its turn before it takes effect and before it answers, so that others
 * may be faster; some are refused, some hang, some arrive when nobody waits for them any more, and some are the last that the
 * instance does, after which nothing of it comes back.
 */
export function troubled<Caller>(
  name: string,
  call: CallAs<Caller>,
  life: Life,
  air: Air,
): CallAs<Caller> {
  const { chance, schedule, weather } = air;
  const what = wordsOf(name);
  const isFirestore = name.startsWith('documents.');
  // A commit that is given up is unavailable too: whoever makes it takes both for the same.
  const codes: readonly [CloudErrorCode, ...CloudErrorCode[]] =
    name === 'documents.commit' ? ['unavailable'] : ['unavailable', 'deadline_exceeded'];

  const afterPause = (act: () => void): void => {
    const turn = (): void => schedule.whenTurn(act);
    if (!chance.happens(weather.rates.pause)) turn();
    else schedule.at(schedule.now() + chance.spread(1, 300), turn);
  };
  const pause = (): Promise<void> => new Promise(afterPause);
  const hang = async (ms: number): Promise<void> => {
    weather.hanging += 1;
    await schedule.sleep(ms);
    await schedule.turn();
    weather.hanging -= 1;
  };
  const hangNow = (): Promise<void> =>
    hang(chance.spread(1_000, chance.happens(veryLong) ? veryLongMs : longestHangMs));
  const arriveLater: CallAs<Caller> = async (caller, args) => {
    await hang(chance.spread(100, longestHangMs));
    await call(caller, args).catch(() => {});
  };
  const die = (where: string): Promise<never> => {
    life.die(where);
    return never();
  };

  const isCalm = (): boolean =>
    isFair(weather.rates) && weather.stillUntil <= schedule.now() && !weather.tasksAway;

  const goOn: CallAs<Caller> = async (caller, args) => {
    if (life.dead) return never();
    // Who is caught in a standstill goes on after it.
    while (weather.stillUntil > schedule.now()) await hang(weather.stillUntil - schedule.now());
    if (life.dead) return never();
    const { crash, refuse, quota, abort, slow, late } = weather.rates;
    if (name === 'tasks.enqueue' && weather.tasksAway) {
      throw new CloudError('unavailable', 'Cloud Tasks is away');
    }
    if (chance.strikes(what.before, crash / 4)) return die(what.before);
    if (chance.strikes(what.onItsWay, crash / 4)) {
      void arriveLater(caller, args);
      return die(what.onItsWay);
    }
    if (chance.strikes(what.late, late)) {
      void arriveLater(caller, args);
      await hang(chance.spread(100, 60_000));
      if (life.dead) return never();
      throw new CloudError('deadline_exceeded', what.late);
    }
    if (chance.strikes(what.refused, refuse)) {
      throw new CloudError(chance.pick(codes), what.refused);
    }
    if (chance.strikes(what.quota, quota)) throw new CloudError('resource_exhausted', what.quota);
    if (isFirestore && chance.strikes(what.aborted, abort)) {
      throw new CloudError('aborted', what.aborted);
    }
    // What hangs before it took effect is on its way: it arrives even if the instance dies meanwhile.
    if (chance.strikes(what.slow, slow / 2)) await hangNow();
    const done = await call(caller, args).then(
      (answer) => () => answer,
      (error: unknown) => () => {
        throw error;
      },
    );
    if (chance.strikes(what.slow, slow / 2)) await hangNow();
    else await pause();
    if (life.dead) return never();
    if (chance.strikes(what.after, crash / 2)) return die(what.after);
    if (chance.strikes(what.lost, refuse / 2)) {
      throw new CloudError(chance.pick(codes), what.lost);
    }
    return done();
  };

  /** The same where nothing goes wrong, but that others may be faster: with one promise instead of a dozen. */
  const goOnCalmly = (
    caller: Caller,
    args: unknown[],
    resolve: (answer: unknown) => void,
    reject: (error: unknown) => void,
  ): void => {
    if (life.dead) return;
    const answering = (answer: () => void): void =>
      afterPause(() => {
        if (!life.dead) answer();
      });
    call(caller, args).then(
      (answer) => answering(() => resolve(answer)),
      (error: unknown) => answering(() => reject(error)),
    );
  };

  return (caller, args) =>
    new Promise((resolve, reject) => {
      afterPause(() => {
        if (isCalm()) goOnCalmly(caller, args, resolve, reject);
        else resolve(goOn(caller, args));
      });
    });
}
