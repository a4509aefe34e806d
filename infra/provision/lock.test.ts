import { describe, expect, it } from 'vitest';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { lockSecret, takeLock } from './lock.ts';

const ada = { host: 'mill', user: 'ada', pid: 100 };
const bob = { host: 'loom', user: 'bob', pid: 200 };

/** Secret Manager, as far as a lock needs it: one secret, which is there or not. */
function secretManager(): { google: Google; told: string[]; isThere(): boolean; expire(): void } {
  const told: string[] = [];
  let annotations: { [key: string]: string } | undefined;
  const refuse = (code: 'already_exists' | 'not_found'): never => {
    throw new GoogleRefusal(code, code, { command: 'gcloud secrets' });
  };
  return {
    told,
    isThere: () => annotations !== undefined,
    expire: () => {
      annotations = undefined;
    },
    google: {
      api: () => Promise.reject(new Error('no API is called')),
      gcloud: async ([, verb = '', name, ...flags]) => {
        expect(name).toBe(lockSecret);
        told.push(verb);
        if (verb === 'create') {
          if (annotations) refuse('already_exists');
          const text = flags.find((flag) => flag.startsWith('--set-annotations='));
          const pairs = text?.slice('--set-annotations='.length).split(',') ?? [];
          annotations = Object.fromEntries(pairs.map((pair) => pair.split('=')));
          return {};
        }
        if (!annotations) return refuse('not_found');
        if (verb === 'delete') annotations = undefined;
        return { annotations, expireTime: '2026-11-26T00:20:00Z' };
      },
    },
  };
}

const here = { now: () => 0, isAlive: () => true };

describe('the lock of a deployment', () => {
  it('is held by one: another is told who, and how to get rid of it', async () => {
    const { google } = secretManager();
    await takeLock(google, ada, here);
    const second = takeLock(google, bob, here);
    await expect(second).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await expect(second).rejects.toThrow(
      'ada changes this deployment right now, from mill (process 100).',
    );
    await expect(second).rejects.toHaveProperty(
      'todo',
      expect.stringContaining('2026-11-26T00:20:00Z'),
    );
  });

  it('can be taken once it was released', async () => {
    const { google, isThere } = secretManager();
    const lock = await takeLock(google, ada, here);
    await lock.release();
    expect(isThere()).toBe(false);
    await takeLock(google, bob, here);
  });

  it('is taken over from a process of the same machine that died', async () => {
    const { google } = secretManager();
    await takeLock(google, ada, here);
    await takeLock(google, { ...ada, pid: 101 }, { ...here, isAlive: (pid) => pid !== 100 });
  });

  it('is not taken over from another machine, whose processes nobody here can see', async () => {
    const { google } = secretManager();
    await takeLock(google, ada, here);
    const taking = takeLock(google, bob, { ...here, isAlive: () => false });
    await expect(taking).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  it('stays longer while its holder works, and is not asked to more often than it must', async () => {
    const { google, told } = secretManager();
    let now = 0;
    const lock = await takeLock(google, ada, { ...here, now: () => now });
    await lock.renew();
    now = 299_000;
    await lock.renew();
    expect(told).toEqual(['create']);
    now = 300_000;
    await lock.renew();
    await lock.renew();
    expect(told).toEqual(['create', 'describe', 'update']);
  });

  it('that has expired during a long step is taken again, unless somebody else has', async () => {
    const { google, expire, isThere } = secretManager();
    let now = 0;
    const lock = await takeLock(google, ada, { ...here, now: () => now });
    expire();
    now = 2_000_000;
    await lock.renew();
    await expect(takeLock(google, bob, here)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    expire();
    await takeLock(google, bob, here);
    now = 4_000_000;
    await expect(lock.renew()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await lock.release();
    expect(isThere()).toBe(true);
  });

  it('that has expired meanwhile is released without a word', async () => {
    const { google, expire } = secretManager();
    const lock = await takeLock(google, ada, here);
    expire();
    await lock.release();
  });
});
