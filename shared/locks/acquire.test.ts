import { describe, expect, it } from 'vitest';
import { loseRun, putRun } from '../../test/locks/runs.ts';
import { lockWorld, losingAnswers } from '../../test/locks/world.ts';
import { acquireLock } from './acquire.ts';
import { lockPath, waitPath } from './lock.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const later = (seconds: number): Date => new Date(start + seconds * 1_000);

describe('acquiring a lock', () => {
  it('that nobody had gives it for half an hour, under the first fence, and says so to a reader', async () => {
    const { acquire, lock } = await lockWorld(['dev-a']);
    expect(await acquire('dev-a', 'x:1')).toEqual({ outcome: 'acquired', fence: 1 });
    expect(await lock('x:1')).toEqual({
      key: 'x:1',
      summary: 'held by dev-a until 2026-03-01T12:30:00.000Z, fence 1',
      holder: 'dev-a',
      agent: 'dev',
      fence: 1,
      takenAt: later(0),
      since: later(0),
      until: later(1_800),
      last: null,
      dueAt: later(60),
    });
  });

  it('that another has is refused at once, with who and since when', async () => {
    const { acquire, advance } = await lockWorld(['dev-a', 'dev-b']);
    await acquire('dev-a', 'x:1');
    await advance(5_000);
    expect(await acquire('dev-b', 'x:1')).toEqual({
      outcome: 'held',
      holder: 'dev-a',
      since: start,
    });
  });

  it('that was given back gives it under the next fence', async () => {
    const { acquire, release, lock } = await lockWorld(['dev-a', 'dev-b']);
    await acquire('dev-a', 'x:1');
    await release('dev-a', 'x:1');
    expect(await acquire('dev-b', 'x:1')).toEqual({ outcome: 'acquired', fence: 2 });
    expect((await lock('x:1'))?.last).toMatchObject({
      holder: 'dev-a',
      loss: 'released',
      fence: 1,
    });
  });

  it('whose time has passed gives it to another, to the millisecond', async () => {
    const { acquire, advance, lock } = await lockWorld(['dev-a', 'dev-b']);
    await acquire('dev-a', 'x:1', 10);
    await advance(9_999);
    expect(await acquire('dev-b', 'x:1')).toMatchObject({ outcome: 'held' });
    await advance(1);
    expect(await acquire('dev-b', 'x:1')).toEqual({ outcome: 'acquired', fence: 2 });
    expect((await lock('x:1'))?.last).toEqual({
      holder: 'dev-a',
      fence: 1,
      takenAt: later(0).toISOString(),
      lostAt: later(10).toISOString(),
      loss: 'expired',
      why: 'its time ran out',
    });
  });

  it('of a run that is over, or that is gone, gives it to another at once', async () => {
    const { acquire, ports, lock } = await lockWorld(['dev-a', 'dev-b', 'dev-c']);
    await acquire('dev-a', 'x:1');
    await loseRun(ports, 'dev-a');
    expect(await acquire('dev-b', 'x:1')).toEqual({ outcome: 'acquired', fence: 2 });
    expect((await lock('x:1'))?.last).toMatchObject({ holder: 'dev-a', loss: 'over' });
    await ports.documents.commit([{ op: 'delete', path: 'runs/dev-b' }]);
    expect(await acquire('dev-c', 'x:1')).toEqual({ outcome: 'acquired', fence: 3 });
  });

  it('that one has already begins anew under the same fence', async () => {
    const { acquire, advance, lock, release } = await lockWorld(['dev-a']);
    await acquire('dev-a', 'x:1');
    await advance(60_000);
    expect(await acquire('dev-a', 'x:1')).toEqual({ outcome: 'acquired', fence: 1 });
    const { takenAt, since, until } = (await lock('x:1')) ?? {};
    expect({ takenAt, since, until }).toEqual({
      takenAt: later(0),
      since: later(60),
      until: later(60 + 1_800),
    });
    expect(await release('dev-a', 'x:1')).toEqual({ outcome: 'released' });
    expect((await lock('x:1'))?.holder).toBeNull();
  });

  it('that one had, and whose time has passed, gives a new fence', async () => {
    const { acquire, advance } = await lockWorld(['dev-a']);
    await acquire('dev-a', 'x:1', 1);
    await advance(1_000);
    expect(await acquire('dev-a', 'x:1', 1)).toEqual({ outcome: 'acquired', fence: 2 });
  });

  it('is free in number', async () => {
    const { acquire } = await lockWorld(['dev-a']);
    for (const key of ['x:1', 'x:2', 'x:3']) {
      expect(await acquire('dev-a', key)).toEqual({ outcome: 'acquired', fence: 1 });
    }
  });

  it.each(['X:1', 'x:1 ', 'x://1', 'x:%31'])('takes %j for another key than x:1', async (key) => {
    const { acquire } = await lockWorld(['dev-a', 'dev-b']);
    await acquire('dev-a', 'x:1');
    expect(await acquire('dev-b', key)).toEqual({ outcome: 'acquired', fence: 1 });
  });

  it('whose answer was lost is answered with the same fence', async () => {
    const { ports, releases, request, acquire } = await lockWorld(['dev-a', 'dev-b']);
    const lost = [true];
    const losing = losingAnswers(ports, () => lost.pop() ?? false);
    const answer = await acquireLock(losing, releases, request('dev-a', 'x:1'));
    expect(answer).toEqual({ outcome: 'acquired', fence: 1 });
    expect(await acquire('dev-b', 'x:1')).toMatchObject({ outcome: 'held', holder: 'dev-a' });
  });

  it.each(['queued', 'succeeded', 'failed', 'timed_out', 'killed', 'lost'] as const)(
    'is nothing for a run that is %s',
    async (state) => {
      const { ports, releases, lock } = await lockWorld([]);
      const secret = await putRun(ports, 'dev-a', state);
      const answer = await acquireLock(ports, releases, { secret, key: 'x:1' });
      expect(answer).toEqual({ outcome: 'no such run' });
      expect(await lock('x:1')).toBeUndefined();
    },
  );

  it.each(['launching', 'running', 'ending'] as const)(
    'is allowed to a run that is %s',
    async (state) => {
      const { ports, releases } = await lockWorld([]);
      const secret = await putRun(ports, 'dev-a', state);
      const answer = await acquireLock(ports, releases, { secret, key: 'x:1' });
      expect(answer).toEqual({ outcome: 'acquired', fence: 1 });
    },
  );

  it('is refused with the secret of nobody', async () => {
    const { acquire, secrets, lock } = await lockWorld(['dev-a', 'dev-b']);
    for (const secret of [
      '',
      'x',
      `dev-a.${'0'.repeat(64)}`,
      secrets['dev-b']?.replace('b', 'a'),
    ]) {
      secrets.forged = secret ?? '';
      expect(await acquire('forged', 'x:1')).toEqual({ outcome: 'no such run' });
    }
    expect(await lock('x:1')).toBeUndefined();
  });
});

describe('how long a lock lasts', () => {
  it('is what its project says, where the request does not', async () => {
    const project = { resourceLockTimeout: 90 };
    const { acquire, lock } = await lockWorld(['dev-a'], project);
    await acquire('dev-a', 'x:1');
    await acquire('dev-a', 'x:2', 0.5);
    expect((await lock('x:1'))?.until).toEqual(later(90));
    expect((await lock('x:2'))?.until).toEqual(later(0.5));
  });

  it('is a day at most, however often its holder asks again', async () => {
    const { acquire, advance, lock } = await lockWorld(['dev-a']);
    await acquire('dev-a', 'x:1', 86_400);
    await advance(86_399_000);
    expect(await acquire('dev-a', 'x:1', 86_400)).toEqual({ outcome: 'acquired', fence: 1 });
    expect((await lock('x:1'))?.until).toEqual(later(86_400));
    await advance(1_000);
    expect(await acquire('dev-a', 'x:1')).toEqual({ outcome: 'acquired', fence: 2 });
  });

  it('is a day at most, whatever its project says', async () => {
    const project = { resourceLockTimeout: 1_000_000 };
    const { acquire, lock } = await lockWorld(['dev-a'], project);
    await acquire('dev-a', 'x:1');
    expect((await lock('x:1'))?.until).toEqual(later(86_400));
  });

  it('does not depend on the clock of whoever decides', async () => {
    const { acquire, ports, releases, request } = await lockWorld(['dev-a', 'dev-b']);
    await acquire('dev-a', 'x:1');
    const ahead = { ...ports, clock: { ...ports.clock, now: () => start + 86_400_000 } };
    const answer = await acquireLock(ahead, releases, request('dev-b', 'x:1'));
    expect(answer).toMatchObject({ outcome: 'held' });
  });
});

describe('where documents stand', () => {
  it('does not depend on what stands in a key', () => {
    expect(lockPath('github://acme/app/issues/1')).toMatch(/^locks\/[0-9a-f]{64}$/);
    expect(waitPath('dev-a')).toBe('waits/dev-a');
  });
});
