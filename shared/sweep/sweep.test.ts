import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { pauseAgent, pauseProject, resumeAgent } from '../agents/pause.ts';
import { readAgentState } from '../agents/state.ts';
import { admit } from '../agents/test-runs.ts';
import { onOneClock } from '../one-clock.ts';
import { CloudError, type Ports } from '../ports/index.ts';
import { runLabels } from '../runs/labels.ts';
import { removeOrphans } from './orphans.ts';
import { sweepOnce } from './test-sweep.ts';

const longMs = 10 * 60_000;

describe('the sweep', () => {
  it('finds nothing to do when nothing is overdue', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await world.deliver('1');
    await world.settle();
    expect(await sweepOnce(world.ports)).toEqual({
      overdue: 0,
      orphans: 0,
      locks: 0,
      forgotten: 0,
    });
  });

  it('leaves a queue that waits for a slot alone for a while once it was looked at', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { scale: 1, timeout: 3_600 } }),
    });
    for (const id of ['1', '2', '3']) await world.deliver(id);
    await world.settle();
    await world.advance(60_000);
    expect((await sweepOnce(world.ports)).overdue).toBe(2);
    await world.advance(60_000);
    expect((await sweepOnce(world.ports)).overdue).toBe(1);
  });

  it('puts runs off by the time that it has just learnt, where its instance knew no better before', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { scale: 1, timeout: 3_600 } }),
    });
    for (const id of ['1', '2']) await world.deliver(id);
    await world.settle();
    await world.advance(60_000);
    const { clock } = world.ports;
    const tenAhead = { ...clock, now: () => clock.now() + 10 * 60_000 };
    await sweepOnce(onOneClock({ ...world.ports, clock: tenAhead }));
    const dues = (await world.runs()).map(({ dueAt }) => (dueAt?.getTime() ?? 0) - clock.now());
    expect(Math.max(...dues)).toBeLessThanOrEqual(3 * 60_000);
  });

  it.each([
    ['at the time of its next attempt', 40, 0, 40],
    ['in a minute, if that has come already', -40, 0, 1],
    ['later each time, while something else of it is left', -40, 1, 120],
  ])('looks at a run that is to be told of %s', async (_when, nextAt, untold, looks) => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const run = await world.deliver('1').then(async () => {
      await world.settle();
      const [{ id } = { id: '' }] = await world.ports.documents.query({
        collection: 'runs',
        limit: 1,
      });
      return id;
    });
    await world.exit(run, { exitCode: 1 });
    await world.settle();
    await world.advance(5 * 60 * 60_000);
    const { documents, clock } = world.ports;
    const at = (minutes: number) => new Date(clock.now() + minutes * 60_000);
    const { published } = await world.run(run);
    const fields = {
      notice: { about: ['failure'], state: 'due', attempts: 3, nextAt: at(nextAt), error: 'busy' },
      published: published - untold,
      dueAt: at(-1),
    };
    await documents.commit([{ op: 'update', path: `runs/${run}`, fields }]);
    // The wake-up is lost.
    await sweepOnce({
      ...world.ports,
      tasks: { ...world.ports.tasks, enqueue: async () => 'enqueued' },
    });
    expect((await world.run(run)).dueAt).toEqual(at(looks));
  });

  it('puts off all but those that somebody has changed meanwhile', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { scale: 1, timeout: 3_600 } }),
    });
    for (const id of ['1', '2', '3', '4', '5']) await world.deliver(id);
    await world.settle();
    await world.advance(60_000);
    const queued = async () => (await world.runs()).filter(({ state }) => state === 'queued');
    const { documents, clock } = world.ports;
    const due = (await queued()).map(({ dueAt }) => dueAt?.getTime() ?? 0);
    expect(due.filter((at) => at <= clock.now())).toHaveLength(4);
    const [touched] = await documents.query({
      collection: 'runs',
      where: [['state', '==', 'queued']],
      limit: 1,
    });
    let isTouched = false;
    await sweepOnce({
      ...world.ports,
      documents: {
        ...documents,
        commit: async (writes) => {
          if (!isTouched && writes.length > 1) {
            isTouched = true;
            const summary = 'somebody was faster';
            await documents.commit([
              { op: 'update', path: touched?.path ?? '', fields: { summary } },
            ]);
          }
          return documents.commit(writes);
        },
      },
    });
    expect(isTouched).toBe(true);
    const after = await queued();
    expect(after.filter(({ dueAt }) => (dueAt?.getTime() ?? 0) > clock.now())).toHaveLength(3);
  });

  it('looks at a long run less and less often', async () => {
    const world = await createWorld({ project: projectOf({ triage: { timeout: 7_200 } }) });
    await world.deliver('1');
    await world.settle();
    let found = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      await world.advance(60_000);
      found += (await sweepOnce(world.ports)).overdue;
      await world.settle();
    }
    expect(found).toBeLessThanOrEqual(8);
    expect(found).toBeGreaterThan(2);
  });
});

describe('the sweep, when something is wrong', () => {
  it('finds a run behind hundreds that cannot be cleaned up', async () => {
    let isForbidden = true;
    const world = await createWorld({
      project: projectOf({ triage: { scale: 400, maxWorkQueueSize: 1_000 }, other: {} }),
      container: () => ({ exitCode: 0 }),
      wrap: (ports) => ({
        ...ports,
        secrets: {
          ...ports.secrets,
          delete: async (id) => {
            if (isForbidden && id.includes('triage'))
              throw new CloudError('permission_denied', 'no');
            return ports.secrets.delete(id);
          },
        },
      }),
    });
    for (let n = 0; n < 320; n += 1) await world.deliver(String(n));
    await world.advance(60_000);
    world.tasks.misbehave({ forget: 2 });
    const { other = '' } = await world.deliver('last');
    world.tasks.misbehave({});
    for (let minute = 0; minute < 6; minute += 1) {
      await world.advance(60_000);
      await sweepOnce(world.ports).catch(() => {});
      await world.advance(1_000);
    }
    expect((await world.run(other)).state).toBe('succeeded');
    isForbidden = false;
  }, 240_000);

  it('keeps a run due whose wake-up it could not send', async () => {
    let isAway = false;
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: (ports) => ({
        ...ports,
        tasks: {
          enqueue: async (wakeUp) => {
            if (isAway) throw new CloudError('unavailable', 'away');
            return ports.tasks.enqueue(wakeUp);
          },
        },
      }),
    });
    isAway = true;
    const { triage = '' } = await world.deliver('1');
    await world.advance(60_000);
    await world.sweep();
    isAway = false;
    await world.advance(60_000);
    await world.sweep();
    expect((await world.run(triage)).state).toBe('running');
  });

  it('frees the slot of a run that somebody deleted, when another waits for it', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { scale: 1, timeout: 3_600 } }),
    });
    const first = (await world.deliver('1')).triage ?? '';
    await world.settle();
    const second = (await world.deliver('2')).triage ?? '';
    await world.settle();
    await world.ports.documents.commit([{ op: 'delete', path: `runs/${first}` }]);
    await world.advance(60_000);
    await world.sweep();
    expect((await world.run(second)).state).toBe('running');
    expect(await world.slots('triage')).toEqual([second]);
  });
});

describe('a queue that cannot be counted', () => {
  it('is woken, and keeps nobody else from being put off', async () => {
    let isFailing = false;
    const world = await createWorld({
      project: projectOf({ triage: {}, other: {} }),
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          count: async (query) => {
            if (isFailing) throw new CloudError('unavailable', 'not now');
            return ports.documents.count(query);
          },
        },
      }),
    });
    for (let n = 1; n <= 12; n += 1) await admit(world.ports, 'triage', n);
    await admit(world.ports, 'other', 1);
    await world.advance(60_000);
    isFailing = true;
    expect((await sweepOnce(world.ports)).overdue).toBe(13);
    const now = world.ports.clock.now();
    expect((await world.runs()).filter(({ dueAt }) => !(dueAt && +dueAt > now))).toEqual([]);
    isFailing = false;
    await world.settle();
    expect((await world.run('triage-1')).state).toBe('running');
  });
});

describe('slots that the sweep cannot free', () => {
  it.each([
    ['an agent cannot be read', 'get', 'agents/triage', 'unavailable'],
    ['the project cannot be read', 'get', 'project/current', 'unavailable'],
    ['somebody else has just changed what lists them', 'commit', 'agents/triage', 'aborted'],
  ] as const)('are looked at again by the next one: %s', async (_what, method, path, code) => {
    let isFailing = false;
    const failsOnce = (paths: string[]): void => {
      if (!isFailing || !paths.includes(path)) return;
      isFailing = false;
      throw new CloudError(code, 'not now');
    };
    const world = await createWorld({
      project: { ...projectOf({ triage: { scale: 1, timeout: 3_600 } }), scale: 1 },
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          get: async (path) => {
            if (method === 'get') failsOnce([path]);
            return ports.documents.get(path);
          },
          commit: async (writes) => {
            if (method === 'commit') failsOnce(writes.map((write) => write.path));
            return ports.documents.commit(writes);
          },
        },
      }),
    });
    const first = (await world.deliver('1')).triage ?? '';
    await world.settle();
    const second = (await world.deliver('2')).triage ?? '';
    await world.settle();
    await world.ports.documents.commit([{ op: 'delete', path: `runs/${first}` }]);
    await world.advance(60_000);
    isFailing = true;
    await sweepOnce(world.ports);
    expect(isFailing).toBe(false);
    await world.advance(60_000);
    await world.sweep();
    expect((await world.run(second)).state).toBe('running');
  });
});

describe('what has no owner', () => {
  it('is removed: job and secrets of a run that is over and clean', async () => {
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      container: () => ({ exitCode: 0 }),
    });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    const labels = runLabels(triage, 'triage');
    await world.ports.secrets.create({ id: 'late', labels });
    await world.advance(longMs);
    expect(await removeOrphans(world.ports)).toBe(1);
    expect(await world.leftovers()).toEqual([]);
  });

  it('is removed: a secret whose run document is gone', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await world.ports.secrets.create({
      id: 'lost',
      labels: runLabels('triage-aaaaaaaa', 'triage'),
    });
    await world.advance(longMs);
    expect(await removeOrphans(world.ports)).toBe(1);
  });

  it('is left alone while it is young, and while its run is not over', async () => {
    const world = await createWorld({ project: projectOf({ triage: { timeout: 7_200 } }) });
    await world.ports.secrets.create({
      id: 'young',
      labels: runLabels('triage-aaaaaaaa', 'triage'),
    });
    expect(await removeOrphans(world.ports)).toBe(0);
    await world.ports.secrets.delete('young');
    await world.deliver('1');
    await world.advance(longMs);
    expect(await removeOrphans(world.ports)).toBe(0);
    expect(await world.leftovers()).toHaveLength(2);
  });

  it('is not looked for among what is not ours', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await world.ports.secrets.create({ id: 'theirs', labels: { app: 'shop' } });
    await world.advance(longMs);
    expect(await removeOrphans(world.ports)).toBe(0);
    expect(await world.ports.secrets.get('theirs')).toBeDefined();
  });
});

describe('a queue that a pause holds', () => {
  const me = { who: 'me', why: '' };
  const held = async (pause: (ports: Ports) => Promise<unknown>, count: number) => {
    let writes = 0;
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          commit: async (given) => {
            writes += given.length;
            return ports.documents.commit(given);
          },
        },
      }),
    });
    await pause(world.ports);
    for (let n = 0; n < count; n += 1) await world.deliver(String(n));
    await world.settle();
    return {
      world,
      writesOf: async (minutes: number): Promise<number> => {
        writes = 0;
        for (let minute = 0; minute < minutes; minute += 1) {
          await world.advance(60_000);
          await world.sweep();
        }
        return writes;
      },
    };
  };

  it.each([
    ['an agent', (ports: Ports) => pauseAgent(ports, 'triage', me)],
    ['the project', (ports: Ports) => pauseProject(ports, me)],
  ])('costs one write a run in an hour and more: %s is paused', async (_, pause) => {
    const { writesOf } = await held(pause, 100);
    expect(await writesOf(55)).toBe(100);
  });

  it('is not due at one time again', async () => {
    const { writesOf } = await held((ports) => pauseAgent(ports, 'triage', me), 100);
    await writesOf(60);
    let most = 0;
    for (let minute = 0; minute < 60; minute += 1) most = Math.max(most, await writesOf(1));
    expect(most).toBeLessThan(15);
  });

  it('is not woken, and goes on when it is resumed', async () => {
    const { world, writesOf } = await held((ports) => pauseAgent(ports, 'triage', me), 3);
    let looks = 0;
    const { count } = world.ports.documents;
    world.ports.documents.count = (query) => {
      looks += 1;
      return count(query);
    };
    await writesOf(10);
    expect(looks).toBe(0);
    await resumeAgent(world.ports, 'triage', me);
    await world.settle();
    expect(await world.slots('triage')).toHaveLength(1);
  });

  it('still gives back the slot and the key of a run that somebody deleted', async () => {
    const concurrency = { key: '{repo}', busy: 'queue' } as const;
    const world = await createWorld({
      project: projectOf({ triage: { timeout: 3_600, scale: 5, concurrency } }),
    });
    const first = (await world.deliver('1')).triage ?? '';
    await world.settle();
    await pauseAgent(world.ports, 'triage', me);
    await world.deliver('2');
    await world.ports.documents.commit([{ op: 'delete', path: `runs/${first}` }]);
    await world.advance(60_000);
    await world.sweep();
    const { inFlight, keys } = (await readAgentState(world.ports, 'triage')).data;
    expect({ inFlight, keys }).toEqual({ inFlight: [], keys: {} });
  });
});

describe('a run that must not start yet', () => {
  it('is not due before its time', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const notBefore = new Date(world.ports.clock.now() + 30 * 60_000);
    await admit(world.ports, 'triage', 1, { notBefore });
    await world.advance(29 * 60_000);
    expect((await sweepOnce(world.ports)).overdue).toBe(0);
    await world.advance(2 * 60_000);
    expect((await sweepOnce(world.ports)).overdue).toBe(1);
  });

  it('is due at its time although a pause held it before, when the look that was planned for it is lost', async () => {
    const me = { who: 'me', why: '' };
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      container: () => ({ exitCode: 0 }),
      wrap: (ports) => ({
        ...ports,
        tasks: {
          ...ports.tasks,
          enqueue: async (wakeUp) => (wakeUp.name ? 'enqueued' : ports.tasks.enqueue(wakeUp)),
        },
      }),
    });
    const notBefore = new Date(world.ports.clock.now() + 30 * 60_000);
    const early = await admit(world.ports, 'triage', 1, { notBefore });
    await pauseAgent(world.ports, 'triage', me);
    await resumeAgent(world.ports, 'triage', me);
    await pauseAgent(world.ports, 'triage', me);
    await world.sweep();
    await world.advance(10);
    const other = await admit(world.ports, 'triage', 2);
    await resumeAgent(world.ports, 'triage', me);
    await world.settle();
    expect((await world.run(other)).state).toBe('succeeded');
    for (let minute = 0; minute < 33; minute += 1) {
      await world.advance(60_000);
      await world.sweep();
    }
    expect((await world.run(early)).state).toBe('succeeded');
  });
});
