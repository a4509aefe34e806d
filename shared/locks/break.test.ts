import { describe, expect, it } from 'vitest';
import { loseRun } from '../../test/locks/runs.ts';
import { lockWorld, losingAnswers } from '../../test/locks/world.ts';
import type { AuditEntry } from '../audit/audit.ts';
import { breakLock } from './break.ts';
import { lockPath } from './lock.ts';

const [a, b] = ['dev-a', 'dev-b'];
const actor = { who: 'mara@acme.example', why: 'the deployment hangs' };

describe('breaking a lock', () => {
  it('takes it from its holder, and keeps who did it and why with the lock and in the audit', async () => {
    const { acquire, ports, lock } = await lockWorld([a, b]);
    await acquire(a, 'x:1');
    expect(await breakLock(ports, 'x:1', actor)).toEqual({
      outcome: 'broken',
      holder: a,
      fence: 1,
    });
    const why = 'mara@acme.example took it away: the deployment hangs';
    expect(await lock('x:1')).toMatchObject({
      holder: null,
      summary: `free: ${why}`,
      last: { holder: a, fence: 1, loss: 'broken', why },
    });
    const entries = await ports.documents.query<AuditEntry>({ collection: 'audit', limit: 10 });
    expect(entries.map(({ data }) => data)).toMatchObject([
      { ...actor, action: 'lock.break', target: lockPath('x:1') },
    ]);
    expect(await acquire(b, 'x:1')).toEqual({ outcome: 'acquired', fence: 2 });
  });

  it('finds nothing to break where nobody holds it', async () => {
    const { acquire, advance, ports } = await lockWorld([a, b]);
    expect(await breakLock(ports, 'x:1', actor)).toEqual({ outcome: 'free' });
    await acquire(a, 'x:1', 1);
    await advance(1_000);
    expect(await breakLock(ports, 'x:1', actor)).toEqual({ outcome: 'free' });
    await acquire(b, 'x:1');
    await loseRun(ports, b);
    expect(await breakLock(ports, 'x:1', actor)).toEqual({ outcome: 'free' });
    expect(await ports.documents.query({ collection: 'audit', limit: 10 })).toEqual([]);
  });

  it('does not depend on the clock of whoever does it', async () => {
    const { acquire, ports } = await lockWorld([a]);
    await acquire(a, 'x:1');
    const now = (): number => ports.clock.now() + 86_400_000;
    const ahead = { ...ports, clock: { ...ports.clock, now } };
    expect(await breakLock(ahead, 'x:1', actor)).toMatchObject({ outcome: 'broken', holder: a });
  });

  it('is answered and recorded once, though the first answer was lost', async () => {
    const { acquire, ports } = await lockWorld([a]);
    await acquire(a, 'x:1');
    const lost = [true];
    const losing = losingAnswers(ports, () => lost.pop() ?? false);
    expect(await breakLock(losing, 'x:1', actor)).toMatchObject({ outcome: 'broken', holder: a });
    expect(await ports.documents.query({ collection: 'audit', limit: 10 })).toHaveLength(1);
  });

  it('takes it from no other than the holder whose fence is named', async () => {
    const { acquire, ports, lock } = await lockWorld([a, b]);
    await acquire(a, 'x:1');
    expect(await breakLock(ports, 'x:1', actor, 0)).toEqual({ outcome: 'free' });
    expect(await breakLock(ports, 'x:1', actor, 2)).toEqual({ outcome: 'free' });
    expect(await lock('x:1')).toMatchObject({ holder: a });
    expect(await breakLock(ports, 'x:1', actor, 1)).toMatchObject({ outcome: 'broken', holder: a });
  });

  it('may be asked for again by its fence when the answer was lost, and the next holder keeps the lock', async () => {
    const { acquire, ports, lock } = await lockWorld([a, b]);
    await acquire(a, 'x:1');
    await breakLock(ports, 'x:1', actor, 1);
    await acquire(b, 'x:1');
    expect(await breakLock(ports, 'x:1', actor, 1)).toEqual({
      outcome: 'broken',
      holder: a,
      fence: 1,
    });
    const other = { ...actor, who: 'otto@acme.example' };
    expect(await breakLock(ports, 'x:1', other, 1)).toEqual({ outcome: 'free' });
    expect(await lock('x:1')).toMatchObject({ holder: b, fence: 2 });
    expect(await ports.documents.query({ collection: 'audit', limit: 10 })).toHaveLength(1);
  });

  it('is answered to one of two operators, and it is that one who stands in the audit', async () => {
    const { acquire, ports, lock } = await lockWorld([a]);
    await acquire(a, 'x:1');
    const { documents } = ports;
    let isFirst = true;
    const slow = {
      ...ports,
      documents: {
        ...documents,
        commit: async (writes: Parameters<typeof documents.commit>[0]) => {
          if (isFirst) await breakLock(ports, 'x:1', { who: 'otto@acme.example', why: 'mine now' });
          isFirst = false;
          return documents.commit(writes);
        },
      },
    };
    expect(await breakLock(slow, 'x:1', actor)).toEqual({ outcome: 'free' });
    const entries = await ports.documents.query<AuditEntry>({ collection: 'audit', limit: 10 });
    expect(entries.map(({ data }) => data.who)).toEqual(['otto@acme.example']);
    expect((await lock('x:1'))?.last?.why).toMatch(/^otto@acme.example took it away/);
  });
});
