import { describe, expect, it } from 'vitest';
import { loseRun } from '../../test/locks/runs.ts';
import { lockWorld, losingAnswers } from '../../test/locks/world.ts';
import { releaseLock } from './release.ts';

const [a, b] = ['dev-a', 'dev-b'];

describe('releasing a lock', () => {
  it('frees it, and its document stays and tells of it', async () => {
    const { acquire, release, advance, lock } = await lockWorld([a]);
    await acquire(a, 'x:1');
    await advance(1_000);
    expect(await release(a, 'x:1')).toEqual({ outcome: 'released' });
    const lostAt = '2026-03-01T12:00:01.000Z';
    expect(await lock('x:1')).toMatchObject({
      summary: 'free: its holder gave it back',
      holder: null,
      agent: null,
      fence: 1,
      until: new Date(lostAt),
      last: { holder: a, fence: 1, lostAt, loss: 'released' },
      dueAt: null,
    });
  });

  it('that nobody holds, or ever held, finds none', async () => {
    const { acquire, release } = await lockWorld([a]);
    expect(await release(a, 'x:1')).toEqual({ outcome: 'no such lock' });
    await acquire(a, 'x:1');
    await release(a, 'x:1');
    expect(await release(a, 'x:1')).toEqual({ outcome: 'no such lock' });
  });

  it('that another holds is refused, and leaves it alone', async () => {
    const { acquire, release, lock } = await lockWorld([a, b]);
    await acquire(a, 'x:1');
    const before = await lock('x:1');
    expect(await release(b, 'x:1')).toEqual({ outcome: 'held', holder: a });
    expect(await lock('x:1')).toEqual(before);
  });

  it('whose time has passed finds none', async () => {
    const { acquire, release, advance } = await lockWorld([a]);
    await acquire(a, 'x:1', 10);
    await advance(10_000);
    expect(await release(a, 'x:1')).toEqual({ outcome: 'no such lock' });
  });

  it('of a run that is over finds none', async () => {
    const { acquire, release, ports } = await lockWorld([a, b]);
    await acquire(a, 'x:1');
    await loseRun(ports, a);
    expect(await release(b, 'x:1')).toEqual({ outcome: 'no such lock' });
    expect(await release(a, 'x:1')).toEqual({ outcome: 'no such run' });
  });

  it('whose answer was lost has released it, also when somebody else has it by then', async () => {
    const { acquire, ports, request } = await lockWorld([a, b]);
    for (const takesIt of [false, true]) {
      expect(await acquire(a, 'x:1')).toMatchObject({ outcome: 'acquired' });
      let isLost = true;
      const losing = losingAnswers(ports, () => isLost);
      const clock = {
        ...ports.clock,
        sleep: async () => {
          isLost = false;
          if (takesIt) await acquire(b, 'x:1');
        },
      };
      const released = await releaseLock({ ...losing, clock }, request(a, 'x:1'));
      expect(released).toEqual({ outcome: 'released' });
    }
  });
});
