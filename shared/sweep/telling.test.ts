import { describe, expect, it } from 'vitest';
import { loseRun } from '../../test/locks/runs.ts';
import { lockWorld } from '../../test/locks/world.ts';
import { agentOf, projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { pauseAgent } from '../agents/pause.ts';
import { admit } from '../agents/test-runs.ts';
import { sweepLocks } from '../locks/sweep-locks.ts';
import { logLines } from '../log-lines.ts';
import { CloudError, type LogFields, type Ports } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import { runLabels } from '../runs/labels.ts';
import { sweepOnce } from './test-sweep.ts';

const minuteMs = 60_000;

/** Ports whose lines with one message are kept. */
function hearing(ports: Ports, message: string): { heard: LogFields[]; ports: Ports } {
  const heard: LogFields[] = [];
  const keep = (said: string, fields: LogFields = {}): void => {
    if (said === message) heard.push(fields);
  };
  return { heard, ports: { ...ports, log: { info: keep, warn: keep, error: keep } } };
}

async function busyWorld(agent: Partial<Agent> = {}) {
  const world = await createWorld({
    project: projectOf({ triage: { scale: 1, timeout: 7_200, ...agent } }),
  });
  for (const id of ['1', '2', '3']) await world.deliver(id);
  await world.settle();
  return world;
}

describe('the age of a queue', () => {
  it('is that of its oldest run, from five minutes on', async () => {
    const world = await busyWorld();
    const { heard, ports } = hearing(world.ports, logLines.queueWaits);
    await world.advance(4 * minuteMs);
    await sweepOnce(ports);
    expect(heard).toEqual([]);
    await world.advance(4 * minuteMs);
    await sweepOnce(ports);
    expect(heard).toEqual([{ agent: 'triage', seconds: 480 }]);
  });

  it('counts from the time that a run has to wait for', async () => {
    const world = await createWorld({ project: projectOf({ triage: { scale: 0 } }) });
    const notBefore = new Date(world.ports.clock.now() + 60 * minuteMs);
    await admit(world.ports, 'triage', 1, { notBefore });
    const { heard, ports } = hearing(world.ports, logLines.queueWaits);
    await world.advance(66 * minuteMs);
    await sweepOnce(ports);
    expect(heard).toEqual([{ agent: 'triage', seconds: 360 }]);
  });

  it('is not told of a queue that a pause holds', async () => {
    const world = await busyWorld();
    await pauseAgent(world.ports, 'triage', { who: 'me', why: '' });
    const { heard, ports } = hearing(world.ports, logLines.queueWaits);
    await world.advance(30 * minuteMs);
    await sweepOnce(ports);
    expect(heard).toEqual([]);
  });
});

describe('a budget that is spent', () => {
  it('is told of once a run waits for the next day, and not before', async () => {
    const { budget } = agentOf({});
    let heard: LogFields[] = [];
    const world = await createWorld({
      project: projectOf({ triage: { budget: { ...budget, runsPerDay: 1 }, scale: 5 } }),
      container: () => ({ exitCode: 0 }),
      wrap: (ports) => {
        const listening = hearing(ports, logLines.budgetSpent);
        heard = listening.heard;
        return listening.ports;
      },
    });
    await world.deliver('1');
    await world.settle();
    expect(heard).toEqual([]);
    await world.deliver('2');
    await world.settle();
    expect(heard).toContainEqual({ agent: 'triage', day: '2026-03-01' });
  });
});

describe('secrets without an owner', () => {
  it('are told of again and again while they cannot be removed', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const labels = runLabels('triage-aaaaaaaa', 'triage');
    for (const id of ['lost', 'lost-too']) await world.ports.secrets.create({ id, labels });
    await world.advance(10 * minuteMs);
    const { heard, ports } = hearing(world.ports, logLines.leakedSecrets);
    const refusing = {
      ...ports,
      secrets: {
        ...ports.secrets,
        delete: async () => {
          throw new CloudError('permission_denied', 'no');
        },
      },
    };
    for (let times = 0; times < 2; times += 1) await sweepOnce(refusing).catch(() => undefined);
    const told = { secrets: 2, runs: 'triage-aaaaaaaa' };
    expect(heard).toEqual([told, told]);
    await sweepOnce(ports);
    await sweepOnce(ports);
    expect(heard).toEqual([told, told, told]);
  });
});

describe('overdue locks', () => {
  const [a] = ['dev-a'];

  it('are those that a living run let run out', async () => {
    const { acquire, advance, ports } = await lockWorld([a]);
    const { heard, ports: hearingPorts } = hearing(ports, logLines.overdueLocks);
    await acquire(a, 'x:1', 60);
    await acquire(a, 'x:2', 60);
    await advance(2 * minuteMs);
    await sweepLocks(hearingPorts);
    expect(heard).toEqual([{ locks: 2, runs: `${a} ${a}` }]);
  });

  it('are not those of a run that is over, unless nobody came for long', async () => {
    const { acquire, advance, ports } = await lockWorld([a]);
    const { heard, ports: hearingPorts } = hearing(ports, logLines.overdueLocks);
    await acquire(a, 'x:1');
    await acquire(a, 'x:2');
    await loseRun(ports, a);
    await advance(2 * minuteMs);
    expect(await sweepLocks(hearingPorts)).toBe(2);
    expect(heard).toEqual([]);
  });

  it('are those that the sweep came to ten minutes late', async () => {
    const { acquire, advance, ports } = await lockWorld([a]);
    const { heard, ports: hearingPorts } = hearing(ports, logLines.overdueLocks);
    await acquire(a, 'x:1');
    await loseRun(ports, a);
    await advance(12 * minuteMs);
    await sweepLocks(hearingPorts);
    expect(heard).toEqual([{ locks: 1, runs: a }]);
  });
});
