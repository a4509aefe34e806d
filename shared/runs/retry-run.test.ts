import { describe, expect, it } from 'vitest';
import { ask } from '../../test/ask.ts';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { retryRun } from './retry-run.ts';

const otto = { who: 'otto', why: 'fixed' };

function again(world: World, runId: string, key: string | null = null) {
  return retryRun(world.ports, settings, world.releases, runId, otto, key);
}

async function againAs(world: World, runId: string): Promise<string> {
  const asked = await again(world, runId);
  if (!asked.ok) throw new Error(asked.why);
  return asked.runId;
}

function worldOf(): Promise<World> {
  return createWorld({
    project: projectOf({ triage: {} }),
    container: () => ({ exitCode: 1 }),
  });
}

describe('a finished run that a person runs again', () => {
  it('is a replay of its delivery with the same event when an event started it', async () => {
    const world = await worldOf();
    const { triage = '' } = await world.deliver('1', { title: 'The gate is open' });
    await world.settle();
    const second = await world.run(await againAs(world, triage));
    expect(second).toMatchObject({
      trigger: { type: 'replay', source: 'github', delivery: 'github:1', by: 'otto' },
      context: { title: 'The gate is open' },
      links: { before: `runs/${triage}`, delivery: 'deliveries/github:1' },
    });
    expect(second.timeline[0]?.why).toBe(`otto repeats ${triage}: fixed`);
  });

  it('is a manual run with the same prompt when a person started it', async () => {
    const world = await worldOf();
    const first = await ask(world, 'triage', { prompt: 'Mend the gate.' });
    await world.settle();
    expect(await world.run(await againAs(world, first))).toMatchObject({
      trigger: { type: 'manual', by: 'otto' },
      prompt: 'Mend the gate.',
    });
  });

  it('is a run of the release that is current now', async () => {
    const world = await worldOf();
    const first = await ask(world, 'triage');
    await world.settle();
    await world.publish(projectOf({ triage: { timeout: 90 } }));
    expect((await world.run(await againAs(world, first))).timeout).toBe(90);
  });

  it('begins the count of reruns and retries anew', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { maxReruns: 1 } }),
      container: () => ({ exitCode: 42 }),
    });
    const first = await ask(world, 'triage');
    await world.settle();
    const last = (await world.run(first)).next ?? '';
    await world.settle();
    const repeated = await againAs(world, last);
    await world.settle();
    expect((await world.run(repeated)).next).not.toBeNull();
  });

  it('is one run however often the same key asks, and another for another key', async () => {
    const world = await worldOf();
    const first = await ask(world, 'triage');
    await world.settle();
    const once = await again(world, first, 'k');
    expect(await again(world, first, 'k')).toEqual({ ...once, isNew: false });
    expect(await again(world, first, 'l')).toMatchObject({ ok: true, isNew: true });
    expect(await world.runs()).toHaveLength(3);
  });
});

describe('a run that cannot be run again', () => {
  it('is one that is not over', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const first = await ask(world, 'triage');
    await world.settle();
    expect(await again(world, first)).toEqual({
      ok: false,
      code: 'not_over',
      why: `${first} is running: only what is over can be repeated`,
    });
  });

  it('is one that is not there', async () => {
    expect(await again(await worldOf(), 'triage-aaaaaaaa')).toMatchObject({ code: 'unknown_run' });
  });

  it('is one whose agent is gone', async () => {
    const world = await worldOf();
    const first = await ask(world, 'triage');
    await world.settle();
    await world.publish(projectOf({ other: {} }));
    expect(await again(world, first)).toMatchObject({ ok: false, code: 'unknown_agent' });
  });
});
