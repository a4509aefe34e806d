import { describe, expect, it } from 'vitest';
import { loseRun } from '../../test/locks/runs.ts';
import { lockWorld } from '../../test/locks/world.ts';
import { breakLock } from './break.ts';

const [a, b] = ['dev-a', 'dev-b'];
const start = Date.parse('2026-03-01T12:00:00Z');

describe('a heartbeat', () => {
  it('keeps a lock for its whole time from now on, and not since when it is held', async () => {
    const { acquire, keep, advance, lock } = await lockWorld([a]);
    await acquire(a, 'x:1');
    await advance(60_000);
    const until = start + 60_000 + 1_800_000;
    expect(await keep(a, 'x:1')).toEqual({ outcome: 'kept', until, fence: 1 });
    expect(await lock('x:1')).toMatchObject({
      since: new Date(start),
      until: new Date(until),
      summary: 'held by dev-a until 2026-03-01T12:31:00.000Z, fence 1',
    });
  });

  it('keeps it for as long as it says, also when that is shorter', async () => {
    const { acquire, keep } = await lockWorld([a]);
    await acquire(a, 'x:1');
    expect(await keep(a, 'x:1', 5)).toMatchObject({ until: start + 5_000 });
    expect(await keep(a, 'x:1', 7_200)).toMatchObject({ until: start + 7_200_000 });
  });

  it('keeps it for a day in all and no longer, whatever it says', async () => {
    const { acquire, keep, advance } = await lockWorld([a, b]);
    await acquire(a, 'x:1');
    for (let beat = 0; beat < 60; beat += 1) {
      expect(await keep(a, 'x:1')).toMatchObject({ outcome: 'kept' });
      await advance(24 * 60_000);
    }
    expect(await keep(a, 'x:1')).toEqual({ outcome: 'no such lock' });
    expect(await acquire(b, 'x:1')).toEqual({ outcome: 'acquired', fence: 2 });
  });

  it('revives no lock whose time has passed', async () => {
    const { acquire, keep, advance } = await lockWorld([a]);
    await acquire(a, 'x:1', 10);
    await advance(10_000);
    expect(await keep(a, 'x:1')).toEqual({ outcome: 'no such lock' });
  });

  it('of another is refused with who has it, and of nobody finds none', async () => {
    const { acquire, keep } = await lockWorld([a, b]);
    expect(await keep(b, 'x:1')).toEqual({ outcome: 'no such lock' });
    await acquire(a, 'x:1');
    expect(await keep(b, 'x:1')).toEqual({ outcome: 'held', holder: a });
  });

  it('of a run that is over is nobody’s', async () => {
    const { acquire, keep, ports } = await lockWorld([a]);
    await acquire(a, 'x:1');
    await loseRun(ports, a);
    expect(await keep(a, 'x:1')).toEqual({ outcome: 'no such run' });
  });

  it('tells a holder that its lock was taken away', async () => {
    const { acquire, keep, ports } = await lockWorld([a, b]);
    await acquire(a, 'x:1');
    await breakLock(ports, 'x:1', { who: 'mara', why: 'stuck' });
    expect(await keep(a, 'x:1')).toEqual({ outcome: 'no such lock' });
    await acquire(b, 'x:1');
    expect(await keep(a, 'x:1')).toEqual({ outcome: 'held', holder: b });
  });
});
