import { describe, expect, it } from 'vitest';
import { hasCode, type Ports } from '../../shared/ports/index.ts';
import { projectOf } from '../project.ts';
import { createWorld } from '../world.ts';
import type { Fault } from './fault.ts';
import { Crash, createInstances } from './instances.ts';

const site = 'here';
const path = 'things/a';

/** A world in which every call of a port is made from one site, and one of them goes wrong. */
async function worldWith(fault: Partial<Fault>) {
  const instances = createInstances(() => site, {
    site,
    occurrence: 1,
    when: 'before',
    how: 'crash',
    ...fault,
  });
  const world = await createWorld({ project: projectOf({}), instance: instances.of });
  const put = (ports: Ports): Promise<unknown> =>
    ports.documents.commit([{ op: 'set', path, data: { is: 'there' } }]);
  const isThere = async (): Promise<boolean> =>
    (await world.ports.documents.get(path)) !== undefined;
  instances.arm();
  return { world, put, isThere };
}

describe('a crash', () => {
  it.each([
    ['before', false],
    ['after', true],
  ] as const)(
    '%s a call ends the request, and leaves what had taken effect',
    async (when, left) => {
      const { world, put, isThere } = await worldWith({ when });
      await expect(world.call('control', put)).rejects.toBeInstanceOf(Crash);
      expect(await isThere()).toBe(left);
    },
  );

  it('is learned of by nothing that the instance does: no catch, no finally, nothing after it', async () => {
    const { world, put } = await worldWith({});
    const done: string[] = [];
    const work = async (ports: Ports): Promise<void> => {
      try {
        await put(ports);
        done.push('went on');
      } catch {
        done.push('caught');
      } finally {
        done.push('finally');
      }
    };
    await expect(world.call('control', work)).rejects.toBeInstanceOf(Crash);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual([]);
  });

  it('ends the other requests of its instance, and no other instance', async () => {
    const { world, put } = await worldWith({ occurrence: 2 });
    const slow = world.call('control', async (ports) => {
      await put(ports);
      await new Promise((resolve) => setImmediate(resolve));
      await put(ports);
    });
    const other = world.call('gateway', async () => 'answered');
    const [crashed, ended, lived] = await Promise.allSettled([
      world.call('control', put),
      slow,
      other,
    ]);
    expect([crashed.status, ended.status, lived.status]).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
    ]);
  });

  it('leaves the next request to an instance that remembers nothing', async () => {
    const { world, put, isThere } = await worldWith({});
    const seen: unknown[] = [];
    const look = async (ports: Ports, releases: unknown): Promise<unknown> => {
      seen.push(releases);
      return put(ports);
    };
    await expect(world.call('control', look)).rejects.toBeInstanceOf(Crash);
    await world.call('control', look);
    await world.call('control', look);
    expect(await isThere()).toBe(true);
    expect(seen[1]).not.toBe(seen[0]);
    expect(seen[2]).toBe(seen[1]);
  });
});

describe('an error', () => {
  it('is thrown once, to whoever made the call, who may go on', async () => {
    const { world, put, isThere } = await worldWith({ how: 'unavailable', when: 'after' });
    const refused = await world.call('control', async (ports) =>
      put(ports).catch((error) => hasCode(error, 'unavailable')),
    );
    expect(refused).toBe(true);
    expect(await isThere()).toBe(true);
    await world.call('control', put);
  });
});
