import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { CloudError, type Jobs, type Ports } from '../ports/index.ts';

/** Ports whose `jobs.start` is refused as long as `refusing` says so. */
function reluctant(refusing: () => CloudError | undefined) {
  return (ports: Ports): Ports => {
    const jobs: Jobs = {
      ...ports.jobs,
      start: async (job) => {
        const refusal = refusing();
        if (refusal) throw refusal;
        return ports.jobs.start(job);
      },
    };
    return { ...ports, jobs };
  };
}

describe('a launch that does not get through', () => {
  it('is repeated after a pause, under a fresh secret', async () => {
    let refusals = 2;
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: reluctant(() =>
        refusals-- > 0 ? new CloudError('resource_exhausted', 'quota exceeded') : undefined,
      ),
    });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect(await world.run(triage)).toMatchObject({ state: 'launching', lease: { attempt: 1 } });
    await world.advance(30_000);
    const run = await world.run(triage);
    expect(run).toMatchObject({ state: 'running', lease: { attempt: 3 } });
    expect(run.timeline.map(({ why }) => why)).toContain(
      'launch 1 is repeated later: quota exceeded',
    );
    await world.exit(triage, { exitCode: 0 });
    expect(await world.leftovers()).toEqual([]);
  });

  it('fails the run in the end, with the reason, and leaves nothing', async () => {
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: reluctant(() => new CloudError('unavailable', 'away')),
    });
    const { triage = '' } = await world.deliver('1');
    await world.advance(10 * 60_000);
    expect(await world.run(triage)).toMatchObject({ state: 'failed', reason: 'launch_failed' });
    expect(await world.leftovers()).toEqual([]);
    expect(await world.slots('triage')).toEqual([]);
  });

  it('is not repeated when Cloud Run says that it never can work', async () => {
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: reluctant(() => new CloudError('invalid_argument', 'cpu: 1000 is too many')),
    });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect(await world.run(triage)).toMatchObject({
      state: 'failed',
      reason: 'launch_refused',
      summary: 'triage failed: cpu: 1000 is too many',
    });
    expect(await world.leftovers()).toEqual([]);
  });

  it('gives the slot to the next run', async () => {
    let first = true;
    const world = await createWorld({
      project: projectOf({ triage: { scale: 1 } }),
      wrap: reluctant(() => {
        const refusal = first ? new CloudError('invalid_argument', 'no') : undefined;
        first = false;
        return refusal;
      }),
    });
    await world.deliver('1');
    const second = (await world.deliver('2')).triage ?? '';
    await world.settle();
    const states = (await world.runs()).map(({ state }) => state).sort();
    expect(states).toEqual(['failed', 'running']);
    expect(await world.slots('triage')).toHaveLength(1);
    expect(second).not.toBe('');
  });
});

describe('a launch that lost its lease', () => {
  it('starts nothing when its run is over by the time it has its secrets, and leaves nothing', async () => {
    const held: (() => void)[] = [];
    let hold = true;
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: (ports) => ({
        ...ports,
        secrets: {
          ...ports.secrets,
          create: async (secret) => {
            if (hold) await new Promise<void>((release) => held.push(release));
            return ports.secrets.create(secret);
          },
        },
      }),
    });
    const { triage = '' } = await world.deliver('1');
    const first = world.settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    hold = false;
    await world.advance(60_000);
    await world.sweep();
    await world.exit(triage, { exitCode: 0 });
    expect(await world.leftovers()).toEqual([]);
    held[0]?.();
    await first;
    expect(world.started).toEqual([`drover-${triage}`]);
    expect(await world.leftovers()).toEqual([]);
    expect((await world.run(triage)).state).toBe('succeeded');
  });
});

describe('a launch that a quota sends back', () => {
  it('is no failure for a day', async () => {
    let isAway = true;
    const world = await createWorld({
      project: projectOf({ triage: { timeout: 3_600 } }),
      wrap: reluctant(() => (isAway ? new CloudError('resource_exhausted', 'quota') : undefined)),
    });
    const { triage = '' } = await world.deliver('1');
    await world.advance(3 * 60 * 60_000);
    expect(await world.run(triage)).toMatchObject({ state: 'launching', lease: { failures: 0 } });
    expect((await world.leftovers()).length).toBeLessThanOrEqual(1);
    isAway = false;
    await world.advance(12 * 60_000);
    expect((await world.run(triage)).state).toBe('running');
  });

  it('fails its run in the end, whose document is still a page', async () => {
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: reluctant(() => new CloudError('resource_exhausted', 'quota')),
    });
    const { triage = '' } = await world.deliver('1');
    for (let hour = 0; hour < 25; hour += 1) {
      await world.sweep();
      await world.advance(60 * 60_000);
    }
    const run = await world.run(triage);
    expect(run).toMatchObject({ state: 'failed', reason: 'launch_failed' });
    expect(JSON.stringify(run).length).toBeLessThan(50 * 1024);
    expect(await world.leftovers()).toEqual([]);
  });
});

describe('two launches of one run that race', () => {
  it('start one container, whichever is first, and the run knows its secret', async () => {
    const held: (() => void)[] = [];
    let hold = true;
    const secrets: string[] = [];
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      container: ({ env }) => {
        secrets.push(env.SHUTDOWN_SECRET ?? '');
        return 'runs';
      },
      wrap: (ports) => ({
        ...ports,
        jobs: {
          ...ports.jobs,
          start: async (job) => {
            if (hold) await new Promise<void>((release) => held.push(release));
            return ports.jobs.start(job);
          },
        },
      }),
    });
    const { triage = '' } = await world.deliver('1');
    // The first launch hangs in its call; its lease runs out, and a second one gets through.
    const first = world.settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(held).toHaveLength(1);
    hold = false;
    await world.advance(60_000);
    await world.sweep();
    expect(world.started).toEqual([`drover-${triage}`]);
    held[0]?.();
    await first;
    expect(world.started).toEqual([`drover-${triage}`]);
    expect(secrets).toHaveLength(1);
    expect((await world.run(triage)).state).toBe('running');
    await world.exit(triage, { exitCode: 0 });
    expect(await world.leftovers()).toEqual([]);
  });
});
