import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { CloudError } from '../ports/index.ts';

const minuteMs = 60_000;

describe('a clean-up that a quota refuses', () => {
  it('waits for the sweep, later each time, and is done when it may be', async () => {
    let isRefused = true;
    let attempts = 0;
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      container: () => ({ exitCode: 0 }),
      wrap: (ports) => ({
        ...ports,
        jobs: {
          ...ports.jobs,
          delete: async (id) => {
            attempts += 1;
            if (isRefused) throw new CloudError('resource_exhausted', 'quota');
            return ports.jobs.delete(id);
          },
        },
      }),
    });
    const { triage = '' } = await world.deliver('1');
    const minutes = async (count: number): Promise<number> => {
      attempts = 0;
      for (let minute = 0; minute < count; minute += 1) {
        await world.advance(minuteMs);
        await world.sweep();
      }
      return attempts;
    };
    const first = await minutes(10);
    expect(await world.run(triage)).toMatchObject({ state: 'succeeded', cleanedAt: null });
    expect(first).toBeGreaterThan(1);
    expect(first).toBeLessThanOrEqual(5);
    expect(await minutes(20)).toBeLessThanOrEqual(3);
    isRefused = false;
    await minutes(20);
    expect((await world.run(triage)).cleanedAt).not.toBeNull();
    expect(await world.leftovers()).toEqual([]);
  });

  it('keeps no other run from its slot', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { scale: 1 } }),
      container: () => ({ exitCode: 0 }),
      wrap: (ports) => ({
        ...ports,
        jobs: {
          ...ports.jobs,
          delete: async () => {
            throw new CloudError('resource_exhausted', 'quota');
          },
        },
      }),
    });
    const runs = [await world.deliver('1'), await world.deliver('2'), await world.deliver('3')];
    await world.settle();
    for (const { triage = '' } of runs) {
      expect((await world.run(triage)).state).toBe('succeeded');
    }
  });
});
