import { onOneClock } from '../../shared/one-clock.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { createReleases } from '../../shared/projects/release.ts';
import { followCallers } from './callers.ts';
import type { FunctionName, Instance } from './calls.ts';
import type { Sabotage } from './sabotage.ts';
import { type Air, type Call, type Life, troubled } from './troubled.ts';

/** What ends the calls of a function whose instance has died, or whose answer got lost. */
export class Crash extends Error {}

/** One call of a function, as those who watch see it. */
export interface Caller {
  function: FunctionName;
  /** Number of its instance. */
  instance: number;
  /** Number of the call. */
  number: number;
  /** When it began, in ms since the epoch. */
  since: number;
}

/** Sees every call of a port, with who makes it. */
export interface Witness {
  /** The call takes effect now; answers with what it comes to. */
  effect(name: string, caller: Caller, args: unknown[], call: Call): Promise<unknown>;
  /** What the caller gets in the end. */
  answer(name: string, caller: Caller, args: unknown[], answer: Promise<unknown>): void;
}

/** One instance, and what becomes of it. */
interface Running extends Life, Instance {
  number: number;
}

const troubledPorts = ['documents', 'tasks', 'secrets', 'jobs', 'logs', 'events'] as const;
/** Instances of one function that take new calls. */
const mostInstances = 3;
/** Share of the calls that go to an instance which is there, if one is. */
const warm = 0.9;
/** How far the clock of an instance may be from the world's, in ms. */
const longestSkewMs = 10 * 60_000;

/** Whose call of a function the present one of a port belongs to. */
const callers = followCallers<Caller>();

/** Instances as they come and go: a call goes to one that is there, with what it remembers, or to a new one. */
export function createInstances(air: Air, witness: Witness, sabotage: Sabotage) {
  const { chance, schedule, weather } = air;
  const { now } = schedule;
  const running = new Map<FunctionName, Running[]>();
  let count = 0;
  let callCount = 0;

  const portsOf = (ports: Ports, life: Life, idle: Caller): Ports => {
    const isWrong = chance.strikes('a clock is wrong', weather.rates.clock);
    const skewMs = isWrong ? chance.between(-longestSkewMs, longestSkewMs) : 0;
    const clock = {
      now: () => now() + skewMs,
      sleep: async (ms: number) => {
        await schedule.sleep(ms);
        await schedule.turn();
      },
    };
    const own: { [port: string]: unknown } = { ...ports, clock };
    for (const port of troubledPorts) {
      const calls: { [method: string]: Call } = {};
      for (const [method, call] of Object.entries(ports[port]) as [string, Call][]) {
        calls[method] = seen(`${port}.${method}`, call, life, idle);
      }
      own[port] = calls;
    }
    return onOneClock(own as unknown as Ports);
  };
  const seen = (name: string, call: Call, life: Life, idle: Caller): Call => {
    const made = troubled<Caller>(
      name,
      (caller, args) => witness.effect(name, caller, args, call),
      life,
      air,
    );
    return (...args) => {
      const caller = callers.current() ?? idle;
      const answer = made(caller, args);
      witness.answer(name, caller, args, answer);
      return answer;
    };
  };

  const begin = (ports: Ports, name: FunctionName): Running => {
    let fall: (crash: Crash) => void = () => {};
    const death = new Promise<never>((_, reject) => {
      fall = reject;
    });
    death.catch(() => {});
    count += 1;
    const number = count;
    const life: Life = {
      dead: false,
      die: (where) => {
        life.dead = true;
        const there = running.get(name) ?? [];
        running.set(
          name,
          there.filter((one) => one.number !== number),
        );
        fall(new Crash(`instance ${number} of ${name} died: ${where}`));
      },
    };
    const idle: Caller = { function: name, instance: number, number: 0, since: now() };
    const own = sabotage(portsOf(ports, life, idle), name);
    const enter: Instance['enter'] = async (work) => {
      await schedule.turn();
      const isStill = weather.stillUntil > now();
      if (isStill || chance.strikes(`no instance of ${name}`, weather.rates.unanswered / 2)) {
        throw new Crash(`no instance of ${name} took a call`);
      }
      callCount += 1;
      const caller: Caller = { function: name, instance: number, number: callCount, since: now() };
      const answer = await Promise.race([callers.as(caller, work), death]);
      await schedule.turn();
      if (chance.strikes(`an answer of ${name} lost`, weather.rates.unanswered / 2)) {
        throw new Crash(`an answer of ${name} was lost`);
      }
      return answer;
    };
    return Object.assign(life, { number, ports: own, releases: createReleases(own), enter });
  };

  return (ports: Ports, name: FunctionName): Instance => {
    const there = running.get(name) ?? [];
    const one = chance.happens(warm) ? there[chance.between(0, there.length - 1)] : undefined;
    const instance = one ?? begin(ports, name);
    if (!one) running.set(name, [...there, instance].slice(-mostInstances));
    return instance;
  };
}
