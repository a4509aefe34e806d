import { describe, expect, it } from 'vitest';
import type { Ports } from '../../shared/ports/index.ts';
import { projectOf } from '../project.ts';
import { createWorld } from '../world.ts';
import type { Instance } from './calls.ts';
import { calmWeather, type FaultRates, fair } from './faults.ts';
import { type Caller, Crash, createInstances, type Witness } from './instances.ts';
import { chance } from './random.ts';
import { createSchedule } from './schedule.ts';

const start = Date.parse('2026-03-01T12:00:00Z');

/** Instances at these rates, on the ports of a world, and the calls of ports that they made. */
async function some(rates: Partial<FaultRates>, seed = 1) {
  const schedule = createSchedule(start);
  const { ports } = await createWorld({ project: projectOf({}), schedule });
  const weather = { ...calmWeather(), rates: { ...fair, pause: 0, ...rates } };
  const calls: Caller[] = [];
  const witness: Witness = {
    effect: (_name, caller, args, call) => {
      calls.push(caller);
      return call(...args);
    },
    answer: () => {},
  };
  const air = { chance: chance(seed), schedule, weather };
  const instances = createInstances(air, witness, (own) => own);
  const instance = (): Instance => instances(ports, 'poll');
  return { schedule, weather, calls, instance };
}

const read = (ports: Ports): Promise<unknown> => ports.documents.get('project/current');

describe('an instance', () => {
  it('says of every call of a port whose it is, also where calls of a function cross', async () => {
    const { instance, calls } = await some({});
    const one = instance();
    const twice = (): Promise<unknown> =>
      one.enter(async () => {
        await read(one.ports);
        return read(one.ports);
      });
    await Promise.all([twice(), twice()]);
    expect(calls.map(({ number }) => number).sort()).toEqual([1, 1, 2, 2]);
    expect(new Set(calls.map(({ instance }) => instance)).size).toBe(1);
  });

  it('takes no call any more when it has died, and whoever waits for it hears of that', async () => {
    const { instance, weather } = await some({ crash: 4 });
    const one = instance();
    await expect(one.enter(() => read(one.ports))).rejects.toThrow(Crash);
    weather.rates = { ...fair, pause: 0 };
    for (let count = 0; count < 50; count += 1) expect(instance()).not.toBe(one);
  });

  it('takes no call while nothing goes on', async () => {
    const { instance, weather } = await some({});
    weather.stillUntil = start + 1;
    const one = instance();
    await expect(one.enter(() => read(one.ports))).rejects.toThrow('no instance of poll');
  });

  it('may do all of it and be heard of no more', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 30; seed += 1) {
      const { instance, calls } = await some({ unanswered: 1 }, seed);
      const one = instance();
      const outcome = await one
        .enter(() => read(one.ports))
        .then(
          () => 'answered',
          ({ message }: Error) => message,
        );
      outcomes.add(`${outcome}, ${calls.length} made`);
    }
    expect([...outcomes].sort()).toEqual([
      'an answer of poll was lost, 1 made',
      'answered, 1 made',
      'no instance of poll took a call, 0 made',
    ]);
  });

  it('has a clock that is wrong by up to ten minutes, until Firestore has answered it', async () => {
    const errors: number[] = [];
    for (let seed = 1; seed <= 20; seed += 1) {
      const { instance, schedule } = await some({ clock: 1 }, seed);
      const { ports, enter } = instance();
      errors.push(Math.abs(ports.clock.now() - schedule.now()));
      await enter(() => read(ports));
      expect(Math.abs(ports.clock.now() - schedule.now())).toBeLessThan(50);
    }
    expect(Math.max(...errors)).toBeGreaterThan(5 * 60_000);
    expect(Math.max(...errors)).toBeLessThanOrEqual(10 * 60_000);
  });
});
