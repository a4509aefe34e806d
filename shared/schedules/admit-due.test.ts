import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { pauseAgent, resumeAgent } from '../agents/pause.ts';
import { type AgentState, agentPath } from '../agents/state.ts';
import { CloudError, type Ports, type Write } from '../ports/index.ts';
import type { Agent, Project } from '../projects/project.ts';
import type { Run } from '../runs/run.ts';
import { admitDue, type Outlook } from './admit-due.ts';
import type { Schedule } from './schedule.ts';

const minuteMs = 60_000;

function every(fields: Partial<Schedule> = {}): Schedule {
  return { cron: '* * * * *', timezone: 'UTC', catchup: 'none', jitter: 0, ...fields };
}

/** A project whose agents run by the clock, and for nothing else. */
function clockwork(agents: { [name: string]: Partial<Agent> }): Project {
  const entries = Object.entries(agents);
  return projectOf(Object.fromEntries(entries.map(([name, a]) => [name, { webhooks: [], ...a }])));
}

/** Only the schedules' half of a tick, with what they came to. */
async function admit(world: World, outlook?: Outlook) {
  const current = await world.releases.current();
  if (!current) throw new Error('no release');
  return admitDue(world.ports, settings, current, outlook);
}

/** Moves the clock by whole minutes without a tick, and then ticks. */
async function tickAfter(world: World, minutes: number): Promise<void> {
  await world.advance(minutes * minuteMs);
  await world.sweep();
}

async function stateOf(world: World, agent: string): Promise<AgentState['schedule']> {
  const document = await world.ports.documents.get<AgentState>(agentPath(agent));
  return document?.data.schedule ?? null;
}

function minuteOf({ trigger }: Run): string {
  return trigger.type === 'schedule' ? trigger.due.slice(11, 16) : trigger.type;
}

const minutesOf = async (world: World): Promise<string[]> =>
  (await world.runs()).map(minuteOf).sort();

describe('a minute that is due', () => {
  it('admits one run, says why, and starts it', async () => {
    const project = clockwork({
      report: { schedule: every({ cron: '5 13 * * *', timezone: 'Europe/Berlin' }) },
    });
    const world = await createWorld({ project });
    await tickAfter(world, 4);
    expect(await world.runs()).toEqual([]);
    await tickAfter(world, 1);
    const [run, ...others] = await world.runs();
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      agent: 'report',
      state: 'running',
      trigger: { type: 'schedule', due: '2026-03-01T12:05:00.000Z' },
      context: null,
      notBefore: null,
    });
    expect(run?.timeline[0]?.why).toBe(
      'its schedule 5 13 * * * was due at 2026-03-01 13:05 (Europe/Berlin)',
    );
  });

  it('is answered for with what was admitted and what was missed', async () => {
    const world = await createWorld({ project: clockwork({ a: { schedule: every() } }) });
    expect(await admit(world)).toEqual({ admitted: 0, missed: 0 });
    await world.advance(3 * minuteMs);
    expect(await admit(world)).toEqual({ admitted: 1, missed: 2 });
    expect(await stateOf(world, 'a')).toMatchObject({
      until: '2026-03-01T12:03:00.000Z',
      missed: 2,
    });
  });

  it('waits its jitter in the queue, and is woken when that is over', async () => {
    const jittered = every({ cron: '*/10 * * * *', jitter: 300 });
    const world = await createWorld({ project: clockwork({ a: { schedule: jittered } }) });
    await tickAfter(world, 10);
    const [queued] = await world.runs();
    const wait = (queued?.notBefore?.getTime() ?? 0) - Date.parse('2026-03-01T12:10:00Z');
    expect(queued?.state).toBe('queued');
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThan(300_000);
    await world.advance(wait - 1);
    expect((await world.runs())[0]?.state).toBe('queued');
    await world.advance(2);
    expect((await world.runs())[0]?.state).toBe('running');
  });

  it('belongs to every agent whose schedule names it', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `agent-${index}`);
    const agents = Object.fromEntries(names.map((name) => [name, { schedule: every() }]));
    const world = await createWorld({ project: clockwork(agents) });
    await tickAfter(world, 1);
    expect((await world.runs()).map(({ agent }) => agent).sort()).toEqual(names.sort());
  });
});

describe('a tick', () => {
  it('that comes twice, or twice at once, changes nothing more', async () => {
    const project = clockwork({
      a: { schedule: every({ catchup: 'all' }) },
      b: { schedule: every() },
    });
    const world = await createWorld({ project });
    await world.sweep();
    await world.advance(4 * minuteMs);
    await Promise.all([world.sweep(), world.sweep(), world.sweep()]);
    await world.sweep();
    expect(await minutesOf(world)).toEqual(['12:01', '12:02', '12:03', '12:04', '12:04']);
    expect((await stateOf(world, 'a'))?.missed).toBe(0);
    expect((await stateOf(world, 'b'))?.missed).toBe(3);
  });

  it('with an older clock runs nothing, and takes nothing back', async () => {
    let behind = 0;
    const world = await createWorld({
      project: clockwork({ a: { schedule: every({ catchup: 'all' }) } }),
      wrap: (ports) => ({
        ...ports,
        clock: { ...ports.clock, now: () => ports.clock.now() - behind },
      }),
    });
    await tickAfter(world, 1);
    await tickAfter(world, 1);
    behind = 90_000;
    await world.sweep();
    expect(await stateOf(world, 'a')).toMatchObject({ until: '2026-03-01T12:02:00.000Z' });
    behind = 0;
    await tickAfter(world, 1);
    expect(await minutesOf(world)).toEqual(['12:01', '12:02', '12:03']);
  });

  it('runs no minute again whose memory somebody deleted', async () => {
    const world = await createWorld({ project: clockwork({ a: { schedule: every() } }) });
    await tickAfter(world, 1);
    await world.ports.documents.commit([{ op: 'delete', path: agentPath('a') }]);
    await world.sweep();
    await world.sweep();
    expect(await minutesOf(world)).toEqual(['12:01']);
    await tickAfter(world, 1);
    expect(await minutesOf(world)).toEqual(['12:01', '12:02']);
  });

  it('that was late by an hour runs what the schedule catches up, oldest first', async () => {
    const created: string[] = [];
    const world = await createWorld({
      project: clockwork({
        none: { schedule: every({ cron: '*/10 * * * *' }) },
        last: { schedule: every({ cron: '*/10 * * * *', catchup: 'last' }) },
        all: { schedule: every({ cron: '*/10 * * * *', catchup: 'all' }) },
      }),
      wrap: (ports) => recording(ports, created),
    });
    await world.sweep();
    await tickAfter(world, 58);
    const of = (agent: string): string[] =>
      created
        .filter((line) => line.startsWith(`${agent} `))
        .map((line) => line.split(' ')[1] ?? '');
    expect(of('none')).toEqual([]);
    expect(of('last')).toEqual(['12:50']);
    expect(of('all')).toEqual(['12:10', '12:20', '12:30', '12:40', '12:50']);
    expect((await stateOf(world, 'none'))?.missed).toBe(5);
    expect((await stateOf(world, 'last'))?.missed).toBe(4);
  });

  it('catches up a hundred minutes of a month, and counts the others', async () => {
    const project = clockwork({
      a: { schedule: every({ catchup: 'all' }), maxWorkQueueSize: 500 },
    });
    const world = await createWorld({ project });
    await world.sweep();
    await world.advance(30 * 24 * 60 * minuteMs);
    expect(await admit(world)).toEqual({ admitted: 100, missed: 30 * 1_440 - 100 });
    expect(await admit(world)).toEqual({ admitted: 0, missed: 0 });
  });
});

/** Tells of each run that is created, as agent and minute. */
function recording(ports: Ports, created: string[]): Ports {
  const tell = (write: Write): void => {
    if (write.op === 'create' && write.path.startsWith('runs/') && 'trigger' in write.data) {
      const run = write.data as unknown as Run;
      created.push(`${run.agent} ${minuteOf(run)}`);
    }
  };
  return {
    ...ports,
    documents: {
      ...ports.documents,
      commit: async (writes) => {
        const versions = await ports.documents.commit(writes);
        writes.forEach(tell);
        return versions;
      },
    },
  };
}

describe('an agent that does not run by the clock any more', () => {
  const scheduled = { schedule: every({ catchup: 'all' }) };
  const off: [what: string, project: Project][] = [
    ['its scale is 0', clockwork({ a: { ...scheduled, scale: 0 }, b: {} })],
    ['it has no schedule', clockwork({ a: {}, b: {} })],
    ['it is gone from the project', clockwork({ b: {} })],
  ];

  it.each(off)('misses nothing and catches nothing up, when %s', async (_what, project) => {
    const world = await createWorld({ project: clockwork({ a: scheduled, b: {} }) });
    await tickAfter(world, 1);
    await world.publish(project);
    await tickAfter(world, 30);
    expect(await stateOf(world, 'a')).toBeNull();
    await tickAfter(world, 30);
    await world.publish(clockwork({ a: scheduled, b: {} }));
    await tickAfter(world, 1);
    await tickAfter(world, 1);
    expect(await minutesOf(world)).toEqual(['12:01', '13:02', '13:03']);
    expect((await stateOf(world, 'a'))?.missed).toBe(0);
  });

  it('is never written while its scale is 0', async () => {
    const world = await createWorld({ project: clockwork({ a: { ...scheduled, scale: 0 } }) });
    await tickAfter(world, 5);
    expect(await world.ports.documents.get(agentPath('a'))).toBeUndefined();
  });
});

describe('a release', () => {
  it('with another schedule begins anew, without the past', async () => {
    const world = await createWorld({
      project: clockwork({ a: { schedule: every({ cron: '0 * * * *', catchup: 'all' }) } }),
    });
    await world.sweep();
    await world.advance(30 * minuteMs);
    await world.publish(clockwork({ a: { schedule: every({ catchup: 'all' }) } }));
    await tickAfter(world, 2);
    expect(await minutesOf(world)).toEqual(['12:31', '12:32']);
  });

  it('with the same schedule goes on with it, and its runs are of the new release', async () => {
    const schedule = every({ catchup: 'all' });
    const world = await createWorld({ project: clockwork({ a: { schedule } }) });
    await tickAfter(world, 1);
    await world.advance(minuteMs);
    await world.publish(clockwork({ a: { schedule, timeout: 77 } }));
    await tickAfter(world, 1);
    expect(await minutesOf(world)).toEqual(['12:01', '12:02', '12:03']);
    const timeouts = (await world.runs()).map(({ timeout }) => timeout);
    expect(timeouts.sort()).toEqual([60, 77, 77]);
  });

  it('that was current before begins when it is current again, however late the tick comes then', async () => {
    const before = clockwork({ a: { schedule: every({ cron: '31 12 * * *' }) } });
    const world = await createWorld({ project: before });
    await world.sweep();
    await world.publish(clockwork({ a: { schedule: every({ cron: '0 0 1 1 *' }) } }));
    await tickAfter(world, 30);
    await world.publish(before);
    await tickAfter(world, 3);
    expect(await minutesOf(world)).toEqual(['12:31']);
  });
});

describe('an agent that is paused', () => {
  it('has its runs admitted, which wait until it is resumed', async () => {
    const world = await createWorld({
      project: clockwork({ a: { schedule: every(), scale: 5 } }),
    });
    const actor = { who: 'octavia', why: 'the roof leaks' };
    await pauseAgent(world.ports, 'a', actor);
    await tickAfter(world, 1);
    await tickAfter(world, 1);
    expect((await world.runs()).map(({ state }) => state)).toEqual(['queued', 'queued']);
    await resumeAgent(world.ports, 'a', actor);
    await world.settle();
    expect((await world.runs()).map(({ state }) => state)).toEqual(['running', 'running']);
  });
});

describe('an agent that cannot be looked at', () => {
  it('does not keep the others from running, and is tried again', async () => {
    let isAway = true;
    const world = await createWorld({
      project: clockwork({ a: { schedule: every() }, b: { schedule: every() } }),
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          get: async (path) => {
            if (isAway && path === agentPath('a')) throw new CloudError('unavailable', 'away');
            return ports.documents.get(path);
          },
        },
      }),
    });
    const outlook: Outlook = {};
    await world.advance(minuteMs);
    await expect(admit(world, outlook)).rejects.toThrow('away');
    expect((await world.runs()).map(({ agent }) => agent)).toEqual(['b']);
    isAway = false;
    expect(await admit(world, outlook)).toEqual({ admitted: 1, missed: 0 });
  });

  it('may have a time zone that this machine does not know', async () => {
    const project = clockwork({
      a: { schedule: every({ timezone: 'Mars/Phobos' }) },
      b: { schedule: every() },
    });
    const world = await createWorld({ project });
    await world.advance(minuteMs);
    await expect(admit(world)).rejects.toThrow('Mars/Phobos');
    expect((await world.runs()).map(({ agent }) => agent)).toEqual(['b']);
  });
});

describe('a tick at which nothing is due', () => {
  /** A world whose agents run at six, and what it asks of Firestore. */
  async function counted(agents: number) {
    const calls: string[] = [];
    const hourly = Array.from({ length: agents }, (_, index) => [
      `agent-${index}`,
      { schedule: every({ cron: '0 18 * * *' }) },
    ]);
    const world = await createWorld({
      project: clockwork(Object.fromEntries(hourly)),
      wrap: (ports) => ({
        ...ports,
        documents: {
          get: (path) => {
            calls.push('get');
            return ports.documents.get(path);
          },
          query: (query) => {
            calls.push('query');
            return ports.documents.query(query);
          },
          count: (query) => {
            calls.push('count');
            return ports.documents.count(query);
          },
          commit: (writes) => {
            calls.push('commit');
            return ports.documents.commit(writes);
          },
        },
      }),
    });
    return { world, calls };
  }

  it('costs one query however many agents there are, and none once the instance knows', async () => {
    for (const agents of [1, 40]) {
      const { world, calls } = await counted(agents);
      const outlook: Outlook = {};
      await admit(world, outlook);
      expect(calls.filter((call) => call === 'commit')).toHaveLength(agents);
      await world.advance(minuteMs);
      const current = await world.releases.current();
      if (!current) throw new Error('no release');
      calls.length = 0;
      await admitDue(world.ports, settings, current);
      expect(calls).toEqual(['query']);
      calls.length = 0;
      await admitDue(world.ports, settings, current, outlook);
      expect(calls).toEqual([]);
    }
  });

  it('is not taken for one because of what an instance knew of another release', async () => {
    const { world } = await counted(1);
    const outlook: Outlook = {};
    await admit(world, outlook);
    await world.publish(clockwork({ 'agent-0': { schedule: every() } }));
    await world.advance(minuteMs);
    expect(await admit(world, outlook)).toEqual({ admitted: 1, missed: 0 });
    await world.advance(minuteMs);
    expect(await admit(world, outlook)).toEqual({ admitted: 1, missed: 0 });
  });

  it('is not taken for one when the tick before failed at another release', async () => {
    const evening = clockwork({ a: { schedule: every({ cron: '0 18 * * *' }) } });
    const world = await createWorld({ project: evening });
    const outlook: Outlook = {};
    await admit(world, outlook);
    const known = await stateOf(world, 'a');
    const b = { schedule: every({ timezone: 'Mars/Phobos' }) };
    await world.publish(clockwork({ a: { schedule: every() }, b }));
    await expect(admit(world, outlook)).rejects.toThrow('Mars/Phobos');
    expect((await stateOf(world, 'a'))?.pattern).not.toBe(known?.pattern);
    await world.publish(evening);
    await admit(world, outlook);
    expect((await stateOf(world, 'a'))?.pattern).toBe(known?.pattern);
  });
});
