import { describe, expect, it } from 'vitest';
import { type Fault, faulty } from '../../test/faulty.ts';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { admitDue } from './admit-due.ts';
import type { Schedule } from './schedule.ts';

const minuteMs = 60_000;
const schedule: Schedule = { cron: '* * * * *', timezone: 'UTC', catchup: 'all', jitter: 0 };
const project = projectOf({
  each: { schedule, webhooks: [] },
  second: { schedule: { ...schedule, cron: '*/2 * * * *', jitter: 20 }, webhooks: [] },
  gone: { schedule, webhooks: [], scale: 0 },
});

/**
 * Six minutes, one of them without a tick, in which no agent starts. A tick that fails or dies is called again after ten
 * seconds, as Scheduler does.
 */
async function live(fault: Fault | undefined): Promise<{ world: World; calls: string[] }> {
  const { calls, wrap, arm } = faulty(fault);
  let passed = 0;
  const world = await createWorld({
    project: projectOf({ ...project.agents, gone: { schedule, webhooks: [] } }),
    wrap: (ports) => ({
      ...wrap(ports),
      clock: { ...ports.clock, now: () => ports.clock.now() + passed },
    }),
  });
  const tick = async (): Promise<void> => {
    const current = await world.releases.current();
    if (current) await admitDue(world.ports, settings, current);
  };
  await tick();
  await world.publish(project);
  arm();
  for (const minute of [0, 1, 3, 4, 5, 6]) {
    passed = minute * minuteMs;
    await tick().catch(() => {
      passed += 10_000;
      return tick();
    });
  }
  return { world, calls };
}

async function expectAllWell(world: World): Promise<void> {
  const runs = await world.runs();
  const minutes = (agent: string): string[] =>
    runs
      .filter((run) => run.agent === agent)
      .map(({ trigger }) => (trigger.type === 'schedule' ? trigger.due.slice(14, 16) : ''))
      .sort();
  expect(minutes('each')).toEqual(['01', '02', '03', '04', '05', '06']);
  expect(minutes('second')).toEqual(['02', '04', '06']);
  expect(minutes('gone')).toEqual([]);
}

const undisturbed = await live(undefined);

describe('six minutes of ticks', () => {
  it('admit every minute that was due', async () => {
    await expectAllWell(undisturbed.world);
    expect(undisturbed.calls.length).toBeGreaterThan(30);
  });
});

describe.each(['crash', 'unavailable', 'aborted'] as const)('a fault at any call: %s', (how) => {
  it.each(['before', 'after'] as const)(
    'admits every minute that was due once, %s the call took effect',
    async (when) => {
      for (let at = 1; at <= undisturbed.calls.length; at += 1) {
        const { world } = await live({ at, when, how });
        try {
          await expectAllWell(world);
        } catch (error) {
          const where = `${how} ${when} call ${at}, ${undisturbed.calls[at - 1]}`;
          throw new Error(`${where}: ${error instanceof Error ? error.message : error}`);
        }
      }
    },
  );
});
