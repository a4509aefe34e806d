import { describe, expect, it } from 'vitest';
import { loseRun } from '../../test/locks/runs.ts';
import { lockWorld } from '../../test/locks/world.ts';
import { sweepLocks } from './sweep-locks.ts';

const [a, b] = ['dev-a', 'dev-b'];

describe('the sweep of locks', () => {
  it('frees what a run took while it was ending, a minute later', async () => {
    const { acquire, advance, ports, lock } = await lockWorld([a]);
    await acquire(a, 'x:1');
    await loseRun(ports, a);
    await advance(59_999);
    expect(await sweepLocks(ports)).toBe(0);
    await advance(1);
    expect(await sweepLocks(ports)).toBe(1);
    expect(await lock('x:1')).toMatchObject({
      holder: null,
      last: { holder: a, loss: 'over' },
      dueAt: null,
    });
  });

  it('leaves a lock to a run that lives, and looks again when its time has passed', async () => {
    const { acquire, keep, advance, ports, lock } = await lockWorld([a]);
    await acquire(a, 'x:1');
    await advance(60_000);
    expect(await sweepLocks(ports)).toBe(0);
    await keep(a, 'x:1');
    const { until, dueAt } = (await lock('x:1')) ?? {};
    expect(until?.getTime()).toBe((dueAt?.getTime() ?? 0) + 60_000);
    await advance(1_740_000);
    expect(await sweepLocks(ports)).toBe(0);
    expect(await lock('x:1')).toMatchObject({ holder: a, dueAt: until });
    await advance(60_000);
    expect(await sweepLocks(ports)).toBe(1);
    expect(await lock('x:1')).toMatchObject({ holder: null, last: { loss: 'expired' } });
  });

  it('leaves alone what changed hands while it looked', async () => {
    const { acquire, advance, ports, lock } = await lockWorld([a, b]);
    await acquire(a, 'x:1', 60);
    await advance(60_000);
    const { documents } = ports;
    const slow = {
      ...ports,
      documents: {
        ...documents,
        commit: async (writes: Parameters<typeof documents.commit>[0]) => {
          await acquire(b, 'x:1');
          return documents.commit(writes);
        },
      },
    };
    await sweepLocks(slow);
    expect(await lock('x:1')).toMatchObject({ holder: b, fence: 2 });
  });

  it('does not look at what is free', async () => {
    const { acquire, release, advance, ports } = await lockWorld([a]);
    await acquire(a, 'x:1');
    await release(a, 'x:1');
    await advance(3_600_000);
    expect(await sweepLocks(ports)).toBe(0);
  });
});
