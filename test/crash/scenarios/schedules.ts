import type { Schedule } from '../../../shared/schedules/schedule.ts';
import { projectOf } from '../../project.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { assert, runsOf } from './expect.ts';

/** Due for three minutes after the world begins, and then not for a year. */
const schedule: Schedule = {
  cron: '1-3 12 1 3 *',
  timezone: 'UTC',
  catchup: 'all',
  jitter: 0,
};

/** The minutes of the runs of an agent, in order. */
async function minutes(stage: Stage, agent: string): Promise<string[]> {
  return [...(await runsOf(stage)).values()]
    .filter((run) => run.agent === agent)
    .map(({ trigger }) => (trigger.type === 'schedule' ? trigger.due.slice(14, 16) : ''))
    .sort();
}

/** Ticks at the first minute and at the third: the second is caught up. One agent runs by the clock no more, and one does since then. */
export function minuteByMinute(): Scenario {
  const quiet = { webhooks: [] };
  const second = { ...quiet, schedule: { ...schedule, cron: '2 12 1 3 *', jitter: 20 } };
  const before = projectOf({
    each: { ...quiet, schedule, scale: 3 },
    second,
    gone: { ...quiet, schedule },
  });
  const after = projectOf({
    ...before.agents,
    gone: { ...quiet, schedule, scale: 0 },
    late: { ...quiet, schedule: { ...schedule, cron: '3 12 1 3 *' } },
  });
  return {
    title: 'three minutes of schedules, one of them without a tick',
    project: before,
    prepare: async (stage) => {
      await stage.tick();
      await stage.world.publish(after);
      await stage.leap(60_000);
    },
    live: async (stage) => {
      await stage.tick();
      await stage.leap(120_000 - (stage.world.ports.clock.now() % 60_000));
      await stage.tick();
      await stage.pass(1_000);
    },
    check: async (stage) => {
      assert.deepEqual(await minutes(stage, 'each'), ['01', '02', '03']);
      assert.deepEqual(await minutes(stage, 'second'), ['02']);
      assert.deepEqual(await minutes(stage, 'late'), ['03']);
      assert.deepEqual(await minutes(stage, 'gone'), []);
    },
  };
}
