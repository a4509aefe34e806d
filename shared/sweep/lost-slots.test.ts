import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { pauseProject } from '../agents/pause.ts';
import { readAgentState, readCurrent } from '../agents/state.ts';
import { admit } from '../agents/test-runs.ts';
import { CloudError, type Documents } from '../ports/index.ts';
import { currentPath } from '../projects/release.ts';
import { freeLostSlots } from './lost-slots.ts';
import { sweep } from './sweep.ts';
import { sweepOnce } from './test-sweep.ts';

it('a slot that was given back while the sweep looked is not said to have been lost', async () => {
  const world = await createWorld({ project: projectOf({ triage: { timeout: 3_600 } }) });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  const seen = await readAgentState(world.ports, 'triage');
  expect(seen.data.inFlight).toEqual([triage]);
  await world.exit(triage, { exitCode: 0 });
  await world.settle();
  const log: string[] = [];
  const warn = (message: string): void => void log.push(message);
  const ports = { ...world.ports, log: { ...world.ports.log, warn } };
  await freeLostSlots(ports, seen);
  expect(log).toEqual([]);
  expect((await readAgentState(world.ports, 'triage')).data.inFlight).toEqual([]);
});

/** A project with a limit, whose list says that a run has a slot which is over, and nobody waits. */
async function worldWithLostSlot() {
  const world = await createWorld({ project: projectOf({ triage: { timeout: 3_600 } }) });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  await world.exit(triage, { exitCode: 0 });
  await world.publish({ ...projectOf({ triage: {} }), scale: 1 });
  const { documents } = world.ports;
  await documents.commit([{ op: 'update', path: currentPath, fields: { inFlight: [triage] } }]);
  return world;
}

/** Ports, and the paths of the documents that are read and written through them. */
function watched({ ports }: World) {
  const { documents } = ports;
  const [read, written]: [string[], string[]] = [[], []];
  const watching: Documents = {
    ...documents,
    get: (path) => {
      read.push(path);
      return documents.get(path);
    },
    commit: async (writes, ...rest) => {
      const versions = await documents.commit(writes, ...rest);
      written.push(...writes.map(({ path }) => path));
      return versions;
    },
  };
  return { ports: { ...ports, documents: watching }, read, written };
}

const slotsOf = async ({ ports }: World) => (await readCurrent(ports))?.data.inFlight;

describe('a lost slot of the project', () => {
  it('is free when the sweep is over, though nobody waits', async () => {
    const world = await worldWithLostSlot();
    const { ports, written } = watched(world);
    await sweepOnce(ports);
    expect(written).toEqual([currentPath]);
    expect(await slotsOf(world)).toEqual([]);
  });

  it('is given to whoever waits for it at once, and not when that one is looked at next', async () => {
    const world = await worldWithLostSlot();
    await admit(world.ports, 'triage', 'waiting');
    await sweepOnce(world.ports);
    await world.settle();
    expect((await world.run('triage-waiting')).state).toBe('running');
  });

  it('goes from the list with the limit, and a project without one has no list to look at', async () => {
    const world = await worldWithLostSlot();
    await world.publish(projectOf({ triage: { scale: 2 } }));
    expect(await slotsOf(world)).toEqual([]);
    const { ports, read } = watched(world);
    await sweep(ports, world.releases);
    expect(read).toEqual([]);
  });

  it('is none of a run that still runs', async () => {
    const project = { ...projectOf({ triage: { timeout: 3_600 } }), scale: 1 };
    const world = await createWorld({ project });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await sweepOnce(world.ports);
    expect(await slotsOf(world)).toEqual([triage]);
  });

  it('that cannot be looked at keeps nobody from being looked at who waits', async () => {
    const world = await worldWithLostSlot();
    await pauseProject(world.ports, { who: 'me', why: '' });
    await admit(world.ports, 'triage', 'waiting');
    await world.advance(2 * 60_000);
    const { documents } = world.ports;
    const failing: Documents = {
      ...documents,
      get: async (path) => {
        if (path !== 'runs/triage-waiting' && path.startsWith('runs/')) {
          throw new CloudError('unavailable', 'no answer');
        }
        return documents.get(path);
      },
    };
    const before = world.ports.clock.now();
    expect(await sweepOnce({ ...world.ports, documents: failing })).toMatchObject({ overdue: 1 });
    // The pause was seen all the same: it is left alone for a while.
    const { dueAt } = await world.run('triage-waiting');
    expect((dueAt?.getTime() ?? 0) - before).toBeGreaterThan(30 * 60_000);
  });
});
