import { describe, expect, it } from 'vitest';
import { killRun, loseRun } from '../../test/locks/runs.ts';
import { lockWorld } from '../../test/locks/world.ts';
import type { Data } from '../ports/index.ts';
import { acquireLock } from './acquire.ts';
import { breakLock } from './break.ts';
import { findCycle } from './find-cycle.ts';
import { lockPath } from './lock.ts';

const [a, b, c] = ['dev-a', 'dev-b', 'dev-c'];

/** `dev-a` has `x:a` and so on, and each of them but the last was refused what the next has. */
async function chain(...runs: string[]) {
  const world = await lockWorld(runs);
  const keyOf = (run: string): string => run.replace('dev-', 'x:');
  for (const run of runs) await world.acquire(run, keyOf(run));
  for (const [index, run] of runs.slice(0, -1).entries()) {
    expect(await world.acquire(run, keyOf(runs[index + 1] ?? ''))).toMatchObject({
      outcome: 'held',
    });
  }
  return world;
}

/** What `dev-b` finds that wants `x:a`, where `between` happens before each look but the first. */
async function foundWhile(
  { ports }: Awaited<ReturnType<typeof chain>>,
  between: (look: number) => Promise<unknown>,
) {
  let looks = 0;
  const { documents } = ports;
  const looking = {
    documents: {
      ...documents,
      get: async <T extends Data>(path: string) => {
        if (path === lockPath('x:a')) {
          looks += 1;
          if (looks > 1) await between(looks);
        }
        return documents.get<T>(path);
      },
    },
  };
  const cycle = await findCycle(looking, b, 'x:a');
  return { cycle, looks };
}

const plain = { outcome: 'held', holder: a };

describe('a deadlock', () => {
  it('of two is told to whoever closes the ring', async () => {
    const { acquire } = await chain(a, b);
    expect(await acquire(b, 'x:a')).toEqual({
      outcome: 'deadlock',
      cycle: [b, 'x:a', a, 'x:b'],
    });
  });

  it('of three is told from whoever closes it, round to the key that this one holds', async () => {
    const { acquire } = await chain(a, b, c);
    expect(await acquire(c, 'x:a')).toEqual({
      outcome: 'deadlock',
      cycle: [c, 'x:a', a, 'x:b', b, 'x:c'],
    });
  });

  it('is told to each of them, as often as they ask', async () => {
    const { acquire } = await chain(a, b);
    for (let round = 1; round <= 2; round += 1) {
      expect(await acquire(b, 'x:a')).toMatchObject({ outcome: 'deadlock' });
      expect(await acquire(a, 'x:b')).toEqual({
        outcome: 'deadlock',
        cycle: [a, 'x:b', b, 'x:a'],
      });
    }
  });

  it('is told although the others ask for what they wait for while it is looked for', async () => {
    const { acquire, advance, ports, releases, request } = await chain(a, b, c);
    const { documents } = ports;
    let asks = 0;
    const crowded = {
      ...ports,
      documents: {
        ...documents,
        get: async <T extends Data>(path: string) => {
          const found = await documents.get<T>(path);
          if (path !== lockPath('x:a') || asks === 6) return found;
          asks += 1;
          await advance(1);
          await acquire(asks % 2 === 0 ? a : b, asks % 2 === 0 ? 'x:b' : 'x:c');
          return found;
        },
      },
    };
    expect(await acquireLock(crowded, releases, request(c, 'x:a'))).toEqual({
      outcome: 'deadlock',
      cycle: [c, 'x:a', a, 'x:b', b, 'x:c'],
    });
    expect(asks).toBeGreaterThan(2);
  });

  it('is told when it stands still after it has changed once, after three looks', async () => {
    const world = await chain(a, b);
    const { cycle, looks } = await foundWhile(world, async (look) => {
      if (look > 2) return;
      await world.release(b, 'x:b');
      await world.acquire(b, 'x:b');
      await world.acquire(a, 'x:b');
    });
    expect({ cycle, looks }).toEqual({ cycle: [b, 'x:a', a, 'x:b'], looks: 3 });
  });

  it('of 32 is told, and a longer one is not looked for to its end', async () => {
    for (const [length, outcome] of [
      [32, 'deadlock'],
      [33, 'held'],
    ] as const) {
      const runs = Array.from({ length }, (_, index) => `dev-${index}`);
      const { acquire } = await chain(...runs);
      expect(await acquire(`dev-${length - 1}`, 'x:0')).toMatchObject({ outcome });
    }
  });

  it('is told in the log, with how many wait for each other', async () => {
    const { ports, releases, request } = await chain(a, b, c);
    const lines: unknown[] = [];
    const log = { ...ports.log, warn: (...line: unknown[]) => void lines.push(line) };
    await acquireLock({ ...ports, log }, releases, request(c, 'x:a'));
    expect(lines).toEqual([
      ['deadlock', expect.objectContaining({ runId: c, agent: 'dev', ring: 3 })],
    ]);
  });

  it('is told although its holders show life meanwhile', async () => {
    const { acquire, keep } = await chain(a, b);
    await keep(a, 'x:a');
    expect(await acquire(b, 'x:a')).toMatchObject({ outcome: 'deadlock' });
  });
});

describe('no deadlock', () => {
  it('is a chain without a ring', async () => {
    const { acquire } = await lockWorld([a, b, c]);
    await acquire(a, 'x:a');
    await acquire(b, 'x:b');
    expect(await acquire(b, 'x:a')).toMatchObject(plain);
    expect(await acquire(c, 'x:b')).toMatchObject({ outcome: 'held', holder: b });
  });

  it('is a ring that the asking run is not part of', async () => {
    const { acquire } = await lockWorld([a, b, c]);
    await acquire(a, 'x:a');
    await acquire(b, 'x:b');
    await acquire(a, 'x:b');
    await acquire(b, 'x:a');
    expect(await acquire(c, 'x:a')).toMatchObject(plain);
  });

  it('is there once a run has not asked again for two minutes, though it holds what it held', async () => {
    const { acquire, advance } = await chain(a, b);
    await advance(119_999);
    expect(await acquire(b, 'x:a')).toMatchObject({ outcome: 'deadlock' });
    await advance(1);
    expect(await acquire(b, 'x:a')).toMatchObject(plain);
  });

  it('is there two minutes after a run asked last, and it is there no sooner than after one', async () => {
    const { acquire, advance } = await chain(a, b);
    await advance(59_999);
    await acquire(a, 'x:b');
    await advance(60_000);
    expect(await acquire(b, 'x:a')).toMatchObject({ outcome: 'deadlock' });
    await acquire(a, 'x:b');
    await advance(119_999);
    expect(await acquire(b, 'x:a')).toMatchObject({ outcome: 'deadlock' });
    await advance(1);
    expect(await acquire(b, 'x:a')).toMatchObject(plain);
  });

  it('is there once a run has got what it waited for, or anything else', async () => {
    const { acquire } = await chain(a, b);
    await acquire(a, 'x:other');
    expect(await acquire(b, 'x:a')).toMatchObject(plain);
  });

  it('is there once a run waits for another key', async () => {
    const { acquire } = await chain(a, b);
    await acquire(c, 'x:c');
    await acquire(a, 'x:c');
    expect(await acquire(b, 'x:a')).toMatchObject({ outcome: 'held' });
  });

  it('is a ring of which a lock has another tenure at each look', async () => {
    const world = await chain(a, b);
    const { cycle, looks } = await foundWhile(world, async () => {
      await world.release(b, 'x:b');
      await world.acquire(b, 'x:b');
    });
    expect({ cycle, looks }).toEqual({ cycle: undefined, looks: 3 });
  });

  it('is a ring of which a run has another wait at each look', async () => {
    const world = await chain(a, b);
    const { cycle, looks } = await foundWhile(world, async (look) => {
      await world.acquire(a, `x:other-${look}`);
      await world.acquire(a, 'x:b');
    });
    expect({ cycle, looks }).toEqual({ cycle: undefined, looks: 3 });
  });

  it('is a ring that is gone when it is looked at again', async () => {
    const world = await chain(a, b);
    const { cycle, looks } = await foundWhile(world, () => world.release(a, 'x:a'));
    expect({ cycle, looks }).toEqual({ cycle: undefined, looks: 2 });
  });

  it('is there for a key that nobody ever had, or that the run has itself', async () => {
    const { ports } = await chain(a, b);
    expect(await findCycle(ports, b, 'x:nobody')).toBeUndefined();
    expect(await findCycle(ports, a, 'x:a')).toBeUndefined();
  });

  it('takes one look to see', async () => {
    const world = await chain(a, b);
    await world.acquire(a, 'x:other');
    expect(await foundWhile(world, async () => {})).toEqual({ cycle: undefined, looks: 1 });
  });

  it.each<[string, (world: Awaited<ReturnType<typeof chain>>) => Promise<unknown>]>([
    ['gave its lock back', ({ release }) => release(b, 'x:b')],
    ['was late with it', ({ advance }) => advance(1_800_000)],
    ['lost it to an operator', ({ ports }) => breakLock(ports, 'x:b', { who: 'mara', why: '' })],
  ])('is there once the asking run %s', async (_what, act) => {
    const world = await chain(a, b);
    await act(world);
    expect(await world.acquire(b, 'x:a')).not.toMatchObject({ outcome: 'deadlock' });
  });

  it.each([
    ['ended', killRun],
    ['vanished', loseRun],
  ])('is there once a run on the way round has %s', async (_what, end) => {
    const { acquire, ports } = await chain(a, b, c);
    await end(ports, b);
    expect(await acquire(c, 'x:a')).toMatchObject(plain);
  });
});
