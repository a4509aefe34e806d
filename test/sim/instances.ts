import type { Ports } from '../../shared/ports/index.ts';
import { createReleases, type Releases } from '../../shared/projects/release.ts';
import type { FunctionName, Instance } from './calls.ts';
import { type Air, type Call, type Life, troubled } from './faults.ts';
import { skewMs } from './laws.ts';

/** What ends the calls of a function whose instance has died; the function itself never learns of it. */
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

interface Running extends Life {
  number: number;
  releases: Releases;
  death: Promise<never>;
}

const troubledPorts = ['documents', 'tasks', 'secrets', 'jobs', 'logs'] as const;
/** Instances of one function that take new calls. */
const mostInstances = 3;

/** Instances as they come and go: a call goes to one that is there, with what it remembers, or to a new one. */
export function createInstances(air: Air, witness: Witness) {
  const { chance, schedule } = air;
  const running = new Map<FunctionName, Running[]>();
  let count = 0;
  let callCount = 0;

  const portsOf = (ports: Ports, life: Life, caller: Caller): Ports => {
    const clock = { now: () => schedule.now() + life.skewMs, sleep: schedule.sleep };
    const own: { [port: string]: unknown } = { ...ports, clock };
    for (const port of troubledPorts) {
      const calls: { [method: string]: Call } = {};
      for (const [method, call] of Object.entries(ports[port]) as [string, Call][]) {
        const name = `${port}.${method}`;
        const seen: Call = (...args) => witness.effect(name, caller, args, call);
        const made = troubled(name, seen, life, air);
        calls[method] = (...args) => {
          const answer = made(...args);
          witness.answer(name, caller, args, answer);
          return answer;
        };
      }
      own[port] = calls;
    }
    return own as unknown as Ports;
  };

  const begin = (ports: Ports, name: FunctionName): Running => {
    let fall: (crash: Crash) => void = () => {};
    const death = new Promise<never>((_, reject) => {
      fall = reject;
    });
    death.catch(() => {});
    count += 1;
    const life: Life = {
      dead: false,
      skewMs: chance.happens(0.3) ? chance.between(-skewMs, skewMs) : 0,
      die: (where) => {
        life.dead = true;
        remove(name, instance);
        fall(new Crash(`instance ${instance.number} of ${name} died ${where}`));
      },
    };
    const caller = { function: name, instance: count, number: 0, since: schedule.now() };
    const releases = createReleases(portsOf(ports, life, caller));
    const instance: Running = Object.assign(life, { number: count, releases, death });
    return instance;
  };
  const remove = (name: FunctionName, instance: Running): void => {
    running.set(
      name,
      (running.get(name) ?? []).filter((one) => one !== instance),
    );
  };

  return (ports: Ports, name: FunctionName): Instance => {
    const there = running.get(name) ?? [];
    const warm = chance.happens(0.7) ? there[chance.between(0, mostInstances - 1)] : undefined;
    const instance = warm ?? begin(ports, name);
    if (!warm) running.set(name, [...there, instance].slice(-mostInstances));
    callCount += 1;
    const { number, releases, death } = instance;
    const caller = { function: name, instance: number, number: callCount, since: schedule.now() };
    return { ports: portsOf(ports, instance, caller), releases, death };
  };
}
