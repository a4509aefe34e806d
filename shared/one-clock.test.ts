import { describe, expect, it } from 'vitest';
import { projectOf } from '../test/project.ts';
import { createWorld } from '../test/world.ts';
import { uncertaintyMs } from './clock-offset.ts';
import { onOneClock } from './one-clock.ts';
import { CloudError, type Documents, type Ports, type TellTime } from './ports/index.ts';

const aheadMs = 10 * 60_000;

/** The ports of an instance whose clock is `ahead`, with how often it said so, and the true time. */
async function instance(ahead: number) {
  const { ports } = await createWorld({ project: projectOf({ triage: {} }) });
  const said: unknown[] = [];
  const own: Ports = {
    ...ports,
    clock: { ...ports.clock, now: () => ports.clock.now() + ahead },
    log: { ...ports.log, warn: (_, fields) => said.push(fields) },
  };
  return { own, said, now: ports.clock.now };
}

describe('ports on one clock', () => {
  it.each<[string, (documents: Documents) => Promise<unknown>]>([
    ['a document', ({ get }) => get('project/current')],
    ['a document that is not there', ({ get }) => get('agents/nobody')],
    ['a query', ({ query }) => query({ collection: 'releases', limit: 1 })],
    ['a query that finds nothing', ({ query }) => query({ collection: 'runs', limit: 1 })],
    ['a count', ({ count }) => count({ collection: 'runs', limit: 1 })],
    [
      'a commit',
      ({ commit }) => commit([{ op: 'set', path: 'audit/1', data: { who: 'octavia' } }]),
    ],
  ])('%s teaches the time', async (_, call) => {
    for (const ahead of [aheadMs, -aheadMs]) {
      const { own, now } = await instance(ahead);
      const ports = onOneClock(own);
      expect(ports.clock.now()).toBe(now() + ahead);
      await call(ports.documents);
      expect(Math.abs(ports.clock.now() - now())).toBeLessThanOrEqual(2 * uncertaintyMs);
    }
  });

  it('answers what the documents answer', async () => {
    const { own } = await instance(aheadMs);
    const { documents } = onOneClock(own);
    const plain = await own.documents.get('project/current');
    expect(await documents.get('project/current')).toEqual(plain);
    expect(await documents.query({ collection: 'releases', limit: 1 })).toHaveLength(1);
    expect(await documents.count({ collection: 'releases', limit: 10 })).toBe(1);
    const write = { op: 'set', path: 'audit/1', data: { who: 'octavia' } } as const;
    expect(await documents.commit([write])).toHaveLength(1);
  });

  it('leaves a clock that is right alone', async () => {
    const { own, said, now } = await instance(0);
    const ports = onOneClock(own);
    await ports.documents.get('project/current');
    expect(ports.clock.now()).toBe(now());
    expect(said).toEqual([]);
  });

  it('learns when the answer is there, and not while it is on its way', async () => {
    const { own } = await instance(0);
    let local = own.clock.now();
    const at = local;
    const get = async (_: string, tellTime?: TellTime) => {
      tellTime?.(at);
      local += aheadMs;
      return undefined;
    };
    const documents = { ...own.documents, get } as Documents;
    const ports = onOneClock({ ...own, documents, clock: { ...own.clock, now: () => local } });
    await ports.documents.get('project/current');
    expect(ports.clock.now()).toBe(local);
  });

  it('learns nothing from a call that failed', async () => {
    const { own, now } = await instance(aheadMs);
    const get = async (path: string, tellTime?: TellTime) => {
      await own.documents.get(path, tellTime);
      throw new CloudError('unavailable', 'its answer was lost');
    };
    const ports = onOneClock({ ...own, documents: { ...own.documents, get } });
    await expect(ports.documents.get('project/current')).rejects.toThrow('lost');
    expect(ports.clock.now()).toBe(now() + aheadMs);
  });

  it('says once that a clock is wrong, and by how much', async () => {
    const { own, said } = await instance(aheadMs);
    const { documents } = onOneClock(own);
    await documents.get('project/current');
    await documents.get('project/current');
    expect(said).toEqual([{ addedMs: -aheadMs - uncertaintyMs }]);
  });
});
