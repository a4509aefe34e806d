import { describe, expect, it } from 'vitest';
import { ask } from '../../test/ask.ts';
import { auditsOfKills, holding, kill, stop } from '../../test/kills.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World, type WorldOptions } from '../../test/world.ts';
import { CloudError } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import { poll } from './poll.ts';

function worldOf(agent: Partial<Agent> = {}, options: Partial<WorldOptions> = {}): Promise<World> {
  return createWorld({ project: projectOf({ triage: agent }), ...options });
}

describe('killing a run while a poll looks at it', () => {
  it('does not change how it had ended by then', async () => {
    const { world, runId, watch } = await observed();
    const polling = watch(async () => {
      expect(await kill(world, runId)).toBe('stopping');
    });
    world.sink = false;
    await world.exit(runId, { exitCode: 0 });
    await polling();
    expect(await world.run(runId)).toMatchObject({ state: 'succeeded', stop });
  });

  it('ends it as killed, not as cancelled by a stranger', async () => {
    const { world, runId, watch } = await observed();
    world.sink = false;
    await watch(async () => {
      expect(await kill(world, runId)).toBe('stopping');
      await world.settle();
    })();
    expect(await world.run(runId)).toMatchObject({ state: 'killed', reason: 'killed', stop });
    expect(await world.leftovers()).toEqual([]);
  });
});

/** A running run, and a poll of it between whose looks at the document and at Cloud Run something happens. */
async function observed() {
  let between: (() => Promise<void>) | undefined;
  const world = await worldOf(
    {},
    {
      wrap: (ports) => ({
        ...ports,
        jobs: {
          ...ports.jobs,
          execution: async (job, execution) => {
            const work = between;
            between = undefined;
            await work?.();
            return ports.jobs.execution(job, execution);
          },
        },
      }),
    },
  );
  const runId = await ask(world, 'triage');
  await world.settle();
  const watch = (work: () => Promise<void>) => {
    between = work;
    return () => poll(world.ports, world.releases, runId);
  };
  return { world, runId, watch };
}

describe('a kill whose answer was lost', () => {
  it.each(['queued', 'launching'])('of a %s run says what it did', async (which) => {
    let isDeaf = false;
    const { state, wrap } = holding('start');
    const world = await worldOf(
      { scale: which === 'queued' ? 1 : 2 },
      {
        wrap: (ports) => ({
          ...wrap(ports),
          documents: {
            ...ports.documents,
            commit: async (writes) => {
              const versions = await ports.documents.commit(writes);
              if (!isDeaf) return versions;
              isDeaf = false;
              throw new CloudError('unavailable', 'the answer was lost');
            },
          },
        }),
      },
    );
    const first = await ask(world, 'triage');
    const launching = world.settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const runId = which === 'queued' ? await ask(world, 'triage') : first;
    expect((await world.run(runId)).state).toBe(which);
    isDeaf = true;
    expect(await kill(world, runId)).toBe(which === 'queued' ? 'cancelled' : 'killed');
    expect(await auditsOfKills(world)).toHaveLength(1);
    state.hold = false;
    for (const release of state.held) release();
    await launching;
  });
});

describe('a kill that cannot be carried to its end', () => {
  it('has killed a run that was being launched, and leaves the rest to the polls', async () => {
    const { state, wrap } = holding('start');
    let isAway = false;
    const world = await worldOf(
      {},
      {
        wrap: (ports) => ({
          ...wrap(ports),
          secrets: {
            ...ports.secrets,
            delete: async (id) => {
              if (isAway) throw new CloudError('unavailable', 'away');
              return ports.secrets.delete(id);
            },
          },
        }),
      },
    );
    const runId = await ask(world, 'triage');
    const launching = world.settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    isAway = true;
    expect(await kill(world, runId)).toBe('killed');
    isAway = false;
    state.held[0]?.();
    await launching;
    await world.advance(60_000);
    expect(await world.run(runId)).toMatchObject({ state: 'killed', dueAt: null });
    expect(await world.leftovers()).toEqual([]);
  });

  it('fails when it could not even be recorded', async () => {
    let isAway = false;
    const world = await worldOf(
      {},
      {
        wrap: (ports) => ({
          ...ports,
          documents: {
            ...ports.documents,
            commit: async (writes) => {
              if (isAway) throw new CloudError('unavailable', 'away');
              return ports.documents.commit(writes);
            },
          },
        }),
      },
    );
    const runId = await ask(world, 'triage');
    await world.settle();
    isAway = true;
    await expect(kill(world, runId)).rejects.toThrow(/contended/);
    isAway = false;
    expect((await world.run(runId)).state).toBe('running');
  });
});
