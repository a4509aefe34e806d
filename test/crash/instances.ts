import { CloudError, type Ports } from '../../shared/ports/index.ts';
import { createReleases } from '../../shared/projects/release.ts';
import type { FunctionName, Instance } from '../sim/calls.ts';
import type { Fault } from './fault.ts';
import type { SiteFinder } from './find-site.ts';

/** What the caller of a function sees when its instance has died. */
export class Crash extends Error {}

/** One call of a port from a site, in the order in which they were made. */
export interface SeenCall {
  site: string;
  /** How many times the site had been reached then, this one included. */
  occurrence: number;
}

/** What happens beside a call, once: it may throw what the call then throws. */
type Beside = () => Promise<unknown>;

/** The instances of a life, in which a fault happens at one call of a port at most. */
export interface Instances {
  /** The instance that a call of a function goes to: the one that is there, with what it remembers, or a new one. */
  of(ports: Ports, name: FunctionName): Instance;
  /** From now on calls are counted, and the fault may happen. */
  arm(): void;
  /** Does something before or after the next call of `<port>.<method>`, as part of the life that is lived. */
  beside(when: 'before' | 'after', call: string, act: Beside): void;
  calls: readonly SeenCall[];
  /** Calls of ports whose site nobody knows. */
  unknown: readonly string[];
  /** Whether the fault has happened. */
  hasFailed(): boolean;
}

type PortCall = (...args: unknown[]) => Promise<unknown>;
/** Each its own: one that all wait for would keep what waits, and with it the whole of its life. */
const never = (): Promise<never> => new Promise(() => {});
const portNames = ['documents', 'tasks', 'secrets', 'jobs', 'logs', 'events', 'notify'] as const;

/** Everything in one process that dies together. */
interface Life {
  dead: boolean;
  die(why: string): void;
}

export function createInstances(findSite: SiteFinder, fault: Fault | undefined): Instances {
  const living = new Map<FunctionName, Instance>();
  const calls: SeenCall[] = [];
  const unknown: string[] = [];
  const counts = new Map<string, number>();
  const besides: { when: 'before' | 'after'; call: string; act: Beside }[] = [];
  let isArmed = false;
  let hasFailed = false;

  /** Whether the fault is to happen at this call. */
  const strikes = (call: string): boolean => {
    if (!isArmed) return false;
    const site = findSite(call);
    if (site === undefined) {
      unknown.push(call);
      return false;
    }
    const occurrence = (counts.get(site) ?? 0) + 1;
    counts.set(site, occurrence);
    calls.push({ site, occurrence });
    const isHere = site === fault?.site && occurrence === fault.occurrence;
    hasFailed ||= isHere;
    return isHere;
  };
  const doBeside = async (when: 'before' | 'after', call: string): Promise<void> => {
    const index = besides.findIndex((one) => one.when === when && one.call === call);
    const [found] = index < 0 ? [] : besides.splice(index, 1);
    await found?.act();
  };
  const fail = async (
    { when, how }: Fault,
    call: string,
    make: () => Promise<unknown>,
    life: Life,
  ): Promise<never> => {
    // Nobody hears what it comes to.
    if (when === 'after') await make().catch(() => {});
    if (how !== 'crash') throw new CloudError(how, `${call} was told to fail`);
    life.die(`${when} ${call}`);
    return never();
  };
  const mortal = (call: string, make: PortCall, life: Life): PortCall => {
    const made: PortCall = async (...args) => {
      await doBeside('before', call);
      const answer = await make(...args);
      await doBeside('after', call);
      return answer;
    };
    return (...args) => {
      if (life.dead) return never();
      const done =
        strikes(call) && fault ? fail(fault, call, () => made(...args), life) : made(...args);
      // What is on its way when the instance dies arrives, and its answer finds nobody.
      return done.then(
        (answer) => (life.dead ? never() : answer),
        (error: unknown) => {
          if (life.dead) return never();
          throw error;
        },
      );
    };
  };
  const begin = (ports: Ports, name: FunctionName): Instance => {
    let fall: (crash: Crash) => void = () => {};
    const death = new Promise<never>((_, reject) => {
      fall = reject;
    });
    death.catch(() => {});
    const life: Life = {
      dead: false,
      die: (why) => {
        life.dead = true;
        living.delete(name);
        fall(new Crash(`an instance of ${name} died ${why}`));
      },
    };
    const own: { [port: string]: unknown } = { ...ports };
    for (const port of portNames) {
      const methods = Object.entries(ports[port]) as [string, PortCall][];
      own[port] = Object.fromEntries(
        methods.map(([method, make]) => [method, mortal(`${port}.${method}`, make, life)]),
      );
    }
    const mortals = own as unknown as Ports;
    return {
      ports: mortals,
      releases: createReleases(mortals),
      enter: (work) => Promise.race([work(), death]),
    };
  };

  return {
    of: (ports, name) => {
      const instance = living.get(name) ?? begin(ports, name);
      living.set(name, instance);
      return instance;
    },
    arm: () => {
      isArmed = true;
    },
    beside: (when, call, act) => void besides.push({ when, call, act }),
    calls,
    unknown,
    hasFailed: () => hasFailed,
  };
}
