import { describe, expect, it } from 'vitest';
import { ask } from '../../test/ask.ts';
import { auditsOfKills, holding, kill, killer, stop } from '../../test/kills.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World, type WorldOptions } from '../../test/world.ts';
import { admit } from '../agents/test-runs.ts';
import { CloudError, type Data, type Ports, type Query } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import { killAgent, takeDown } from './kill.ts';
import type { Stop } from './run.ts';
import { stopRun } from './stop.ts';
import { wakeDispatch } from './wake.ts';

function worldOf(agent: Partial<Agent> = {}, options: Partial<WorldOptions> = {}): Promise<World> {
  return createWorld({ project: projectOf({ triage: agent }), ...options });
}

describe('killing a queued run', () => {
  it('cancels it: it never ran, and the reader sees who ended it and why', async () => {
    const world = await worldOf({ scale: 1 });
    const first = await ask(world, 'triage');
    await world.settle();
    const second = await ask(world, 'triage');
    await world.settle();
    expect(await kill(world, second)).toBe('cancelled');
    expect(await world.run(second)).toMatchObject({
      state: 'cancelled',
      reason: 'killed',
      stop,
      dueAt: null,
      summary: 'triage cancelled: octavia killed it: wrong branch',
    });
    expect((await world.run(second)).cleanedAt).not.toBeNull();
    await world.exit(first, { exitCode: 0 });
    expect(world.started).toEqual([`drover-${first}`]);
    expect(await auditsOfKills(world)).toEqual([`octavia runs/${second}: wrong branch`]);
  });
});

describe('killing a run that is being launched', () => {
  it('ends it at once: no container of it starts afterwards, and nothing is left of it', async () => {
    const { state, wrap } = holding('start');
    const world = await worldOf({}, { wrap });
    const runId = await ask(world, 'triage');
    const launching = world.settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(state.held).toHaveLength(1);
    expect((await world.run(runId)).state).toBe('launching');

    expect(await kill(world, runId)).toBe('killed');
    expect(await world.run(runId)).toMatchObject({ state: 'killed', reason: 'killed', stop });
    expect(await world.slots('triage')).toEqual([]);
    state.held[0]?.();
    await launching;
    expect(world.started).toEqual([]);
    expect(await world.leftovers()).toEqual([]);
    expect((await world.run(runId)).execution).toBeNull();
    expect(await auditsOfKills(world)).toHaveLength(1);
  });

  it('ends a container that had just started, whose start nobody had recorded', async () => {
    let isBlind = true;
    const world = await worldOf(
      {},
      {
        wrap: (ports) => ({
          ...ports,
          jobs: {
            ...ports.jobs,
            get: async (id) => {
              if (isBlind) throw new CloudError('unavailable', 'away');
              return ports.jobs.get(id);
            },
          },
        }),
      },
    );
    const runId = await ask(world, 'triage');
    await world.settle();
    expect(world.started).toHaveLength(1);
    expect((await world.run(runId)).state).toBe('launching');
    isBlind = false;
    expect(await kill(world, runId)).toBe('killed');
    await world.advance(10 * 60_000);
    await world.sweep();
    expect((await world.run(runId)).state).toBe('killed');
    expect(world.running.size).toBe(0);
    expect(world.started).toHaveLength(1);
    expect(await world.leftovers()).toEqual([]);
  });

  it('gives its slot to the next run', async () => {
    const { state, wrap } = holding('start');
    const world = await worldOf({ scale: 1 }, { wrap });
    const first = await ask(world, 'triage');
    const launching = world.settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await ask(world, 'triage');
    state.hold = false;
    await kill(world, first);
    state.held[0]?.();
    await launching;
    await world.settle();
    expect(await world.slots('triage')).toEqual([second]);
  });
});

describe('killing a running run', () => {
  it('stops its container, and the run is killed when Cloud Run says that it is over', async () => {
    const world = await worldOf();
    const runId = await ask(world, 'triage');
    await world.settle();
    expect(await kill(world, runId)).toBe('stopping');
    expect(await world.run(runId)).toMatchObject({ state: 'ending', stop });
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      state: 'killed',
      reason: 'killed',
      summary: 'triage killed: octavia killed it: wrong branch',
    });
    expect(await world.leftovers()).toEqual([]);
    expect(await world.slots('triage')).toEqual([]);
    expect(await auditsOfKills(world)).toHaveLength(1);
  });

  it('is repeated by the polls when Cloud Run did not listen', async () => {
    let refusals = 3;
    const world = await worldOf(
      {},
      {
        wrap: (ports) => ({
          ...ports,
          jobs: {
            ...ports.jobs,
            cancel: async (job, execution) => {
              if (refusals-- > 0) throw new CloudError('unavailable', 'away');
              return ports.jobs.cancel(job, execution);
            },
          },
        }),
      },
    );
    const runId = await ask(world, 'triage');
    await world.settle();
    expect(await kill(world, runId)).toBe('stopping');
    await world.advance(5 * 60_000);
    expect(await world.run(runId)).toMatchObject({ state: 'killed', reason: 'killed' });
    expect(await auditsOfKills(world)).toHaveLength(1);
  });

  it('ends it with the reason in the end when its container never stops', async () => {
    const world = await worldOf(
      { timeout: 3_600 },
      {
        wrap: (ports) => ({
          ...ports,
          jobs: { ...ports.jobs, cancel: async () => 'cancelling' },
        }),
      },
    );
    const runId = await ask(world, 'triage');
    await world.settle();
    await kill(world, runId);
    await world.advance(4 * 60_000);
    expect((await world.run(runId)).state).toBe('ending');
    await world.advance(3 * 60_000);
    expect(await world.run(runId)).toMatchObject({
      state: 'killed',
      reason: 'killed',
      summary:
        'triage killed: octavia killed it: wrong branch; it did not stop when it was told to',
    });
    expect(await world.leftovers()).toEqual([]);
  });

  it('ends it as soon by the sweep alone, when its polls were lost', async () => {
    const lostPolls = (ports: Ports): Ports => ({
      ...ports,
      jobs: { ...ports.jobs, cancel: async () => 'cancelling' },
      tasks: {
        enqueue: async (wakeUp) =>
          wakeUp.target === 'poll' && 'n' in wakeUp.body ? 'exists' : ports.tasks.enqueue(wakeUp),
      },
    });
    const world = await worldOf({ timeout: 3_600 }, { wrap: lostPolls });
    const runId = await ask(world, 'triage');
    await world.settle();
    await world.advance(30_000);
    await kill(world, runId);
    // Each second tick is lost: the sweep looks later each time.
    for (const minutes of [2, 2, 2]) {
      await world.advance(minutes * 60_000);
      await world.sweep();
    }
    expect(await world.run(runId)).toMatchObject({ state: 'killed', reason: 'killed' });
  });

  it('is not followed by a rerun, although it asks for one as it goes', async () => {
    const { state, wrap } = holding('cancel');
    const world = await worldOf({}, { wrap });
    const runId = await ask(world, 'triage');
    await world.settle();
    const killing = kill(world, runId);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await world.exit(runId, { exitCode: 42 });
    state.held[0]?.();
    await killing;
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ state: 'succeeded', next: null });
    expect(world.started).toHaveLength(1);
  });
});

describe('killing a run that is being stopped', () => {
  it('leaves it the reason that it is being stopped for', async () => {
    const world = await worldOf();
    const runId = await ask(world, 'triage');
    await world.settle();
    const late: Stop = { reason: 'timeout', by: 'drover', why: 'it should be over' };
    await stopRun(world.ports, runId, late);
    expect(await kill(world, runId)).toBe('stopping');
    expect((await world.run(runId)).stop).toEqual(late);
    expect(await auditsOfKills(world)).toEqual([]);
  });
});

describe('killing what is not there', () => {
  it('changes nothing on a run that is over', async () => {
    const world = await worldOf();
    const runId = await ask(world, 'triage');
    await world.settle();
    await world.exit(runId, { exitCode: 0 });
    const before = await world.run(runId);
    expect(await kill(world, runId)).toBe('over');
    expect(await world.run(runId)).toEqual(before);
    expect(await auditsOfKills(world)).toEqual([]);
  });

  it('says that it knows no such run', async () => {
    expect(await kill(await worldOf(), 'triage-aaaaaaaa')).toBe('unknown');
  });
});

describe('a later run of its key', () => {
  it.each([
    ['queued', 'cancelled'],
    ['running', 'killed'],
  ])('supersedes a %s run', async (state, end) => {
    const world = await worldOf({ scale: 1 });
    const first = await ask(world, 'triage');
    await world.settle();
    const runId = state === 'running' ? first : await ask(world, 'triage');
    const superseded: Stop = { reason: 'superseded', by: 'drover', why: 'triage-b has its key' };
    await takeDown(world.ports, world.releases, runId, superseded);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      state: end,
      reason: 'superseded',
      summary: `triage ${end}: a later run took its place: triage-b has its key`,
    });
  });
});

describe('killing an agent', () => {
  it('kills what it has in flight and leaves its queue', async () => {
    const world = await worldOf({ scale: 2 });
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      ids.push(await ask(world, 'triage'));
      await world.advance(10);
    }
    const [first = '', second = '', third = ''] = ids;
    const killed = await killAgent(world.ports, world.releases, 'triage', killer);
    expect(killed).toEqual({ [first]: 'stopping', [second]: 'stopping' });
    await world.settle();
    expect((await world.run(first)).state).toBe('killed');
    expect((await world.run(third)).state).toBe('running');
  });

  it('kills its queue as well when asked, and first, so that nothing of it starts', async () => {
    const world = await worldOf({ scale: 1, maxWorkQueueSize: 100 });
    for (let n = 0; n < 30; n += 1) await ask(world, 'triage');
    await world.settle();
    const killed = await killAgent(world.ports, world.releases, 'triage', killer, {
      queued: true,
    });
    await world.settle();
    expect(Object.values(killed).filter((how) => how === 'cancelled')).toHaveLength(29);
    expect(world.started).toHaveLength(1);
    expect((await world.runs()).map(({ reason }) => reason)).toEqual(Array(30).fill('killed'));
  });

  it('reaches what is in flight however many come meanwhile, and leaves those alone', async () => {
    let came = 0;
    let isKilling = false;
    const world = await worldOf(
      { scale: 1, maxWorkQueueSize: 1_000 },
      {
        wrap: (ports) => ({
          ...ports,
          documents: {
            ...ports.documents,
            query: async <T extends Data>(query: Query) => {
              const found = await ports.documents.query<T>(query);
              if (!isKilling || came === 100) return found;
              isKilling = false;
              came += 1;
              await world.advance(10);
              await admit(ports, 'triage', `late${came}`);
              isKilling = true;
              return found;
            },
          },
        }),
      },
    );
    for (let n = 0; n < 3; n += 1) await admit(world.ports, 'triage', n);
    await wakeDispatch(world.ports, 'triage');
    await world.settle();
    isKilling = true;
    const killed = await killAgent(world.ports, world.releases, 'triage', killer, { queued: true });
    isKilling = false;
    const early = { 'triage-0': 'stopping', 'triage-1': 'cancelled', 'triage-2': 'cancelled' };
    expect(killed).toEqual(early);
    expect(came).toBeLessThan(10);
  });
});
