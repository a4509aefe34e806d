import { describe, expect, it } from 'vitest';
import { killRun, loseRun } from '../../test/locks/runs.ts';
import { lockWorld } from '../../test/locks/world.ts';
import type { Ports } from '../ports/index.ts';
import { acquireLock } from './acquire.ts';
import { waitPath } from './lock.ts';
import { isFullCommit, locksOf, releaseRemaining } from './release-all.ts';

const [a, b] = ['dev-a', 'dev-b'];

describe('the locks of a run that ends', () => {
  it('go with it, all of them and no other, and so does its waiting', async () => {
    const { acquire, ports, lock } = await lockWorld([a, b]);
    await acquire(b, 'x:b');
    await acquire(a, 'x:1');
    await acquire(a, 'x:2');
    await acquire(a, 'x:b');
    await killRun(ports, a);
    for (const key of ['x:1', 'x:2']) {
      expect(await lock(key)).toMatchObject({
        holder: null,
        summary: 'free: the run that held it is over',
        last: { holder: a, loss: 'over' },
      });
    }
    expect(await lock('x:b')).toMatchObject({ holder: b });
    expect(await ports.documents.get(waitPath(a))).toBeUndefined();
  });

  it('include those whose time has passed, and what another took meanwhile is no longer among them', async () => {
    const { acquire, advance, ports, lock } = await lockWorld([a, b]);
    await acquire(a, 'x:1', 1);
    await acquire(a, 'x:2', 1);
    await advance(2_000);
    await acquire(b, 'x:2');
    expect((await locksOf(ports, a)).map(({ data }) => data.key)).toEqual(['x:1']);
    await killRun(ports, a);
    expect(await lock('x:1')).toMatchObject({
      holder: null,
      last: { loss: 'expired', lostAt: '2026-03-01T12:00:01.000Z' },
    });
    expect(await lock('x:2')).toMatchObject({ holder: b, fence: 2 });
  });

  it('are released though one was taken while the ending was decided', async () => {
    const { acquire, ports, releases, request, lock } = await lockWorld([a]);
    await acquire(a, 'x:1');
    let isFirst = true;
    const { documents } = ports;
    await killRun(
      {
        ...ports,
        documents: {
          ...documents,
          commit: async (writes) => {
            if (isFirst) await acquireLock(ports, releases, request(a, 'x:2'));
            isFirst = false;
            return documents.commit(writes);
          },
        },
      },
      a,
    );
    expect(await lock('x:1')).toMatchObject({ holder: null });
    expect(await lock('x:2')).toMatchObject({ holder: a });
    await releaseRemaining(ports, a);
    expect(await lock('x:2')).toMatchObject({ holder: null, last: { holder: a, loss: 'over' } });
  });

  it('are released afterwards where they are more than one commit can hold', async () => {
    const { acquire, ports } = await lockWorld([a]);
    for (let n = 0; n < 410; n += 1) await acquire(a, `x:${n}`);
    expect(isFullCommit(await locksOf(ports, a))).toBe(true);
    await killRun(ports, a);
    const rest = await locksOf(ports, a);
    expect([rest.length, isFullCommit(rest)]).toEqual([10, false]);
    await releaseRemaining(ports, a);
    expect(await locksOf(ports, a)).toEqual([]);
  });

  it('are released in as many commits as they need, and in none where none is left', async () => {
    const { acquire, ports } = await lockWorld([a]);
    const { documents } = ports;
    const sizes: number[] = [];
    const counted: Ports = {
      ...ports,
      documents: {
        ...documents,
        commit: async (writes) => {
          sizes.push(writes.length);
          return documents.commit(writes);
        },
      },
    };
    for (let n = 0; n < 810; n += 1) await acquire(a, `x:${n}`);
    await loseRun(ports, a);
    await releaseRemaining(counted, a);
    expect(sizes).toEqual([400, 400, 10]);
    await releaseRemaining(counted, a);
    expect(sizes).toHaveLength(3);
  });

  it('are released once, however many release what remains', async () => {
    const { acquire, ports, lock } = await lockWorld([a, b]);
    await acquire(a, 'x:1');
    await loseRun(ports, a);
    await Promise.all([releaseRemaining(ports, a), releaseRemaining(ports, a)]);
    await acquire(b, 'x:1');
    await releaseRemaining(ports, a);
    expect(await lock('x:1')).toMatchObject({ holder: b, fence: 2 });
  });
});
