import { concurrencyKeyOf } from '../agents/concurrency.ts';
import { readAgentState, writeAgentState } from '../agents/state.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import type { Published } from '../projects/release.ts';
import { admission, configurationOf } from '../runs/admit.ts';
import { chooseRunId } from '../runs/choose-id.ts';
import { causeOf, runIds } from '../runs/names.ts';
import type { Settings } from '../settings.ts';
import { lookAt } from './due.ts';
import { jitterOf } from './jitter.ts';
import type { Schedule } from './schedule.ts';
import { wallClock } from './wall-clock.ts';

/** An agent of the current release that runs by the clock. */
export interface Scheduled {
  name: string;
  agent: Agent;
  schedule: Schedule;
}

/** What became of one agent's schedule. */
export interface Step {
  /** When the run that was admitted may start, in ms since the epoch; undefined when none was. */
  startsAt: number | undefined;
  missed: number;
  /** Whether another minute is due. */
  more: boolean;
}

/**
 * Admits the run of the oldest minute that is due, in ONE commit with how far the schedule was looked at. One minute a commit:
 * a queue's order is that of the commits (D9), and the oldest minute is to run first.
 */
export async function admitMinute(
  ports: Ports,
  settings: Settings,
  published: Published,
  scheduled: Scheduled,
  now: number,
): Promise<Step> {
  const { name, schedule } = scheduled;
  const publishedAt = Date.parse(published.release.publishedAt);
  let firstTry = true;
  return optimistically(ports, async (commit) => {
    const state = await readAgentState(ports, name);
    const look = lookAt(schedule, state.data.schedule, { now, publishedAt });
    const [minute] = look.due;
    const { missed } = look;
    if (!look.state) return { startsAt: undefined, missed, more: false };
    const moved = writeAgentState(state, { schedule: look.state });
    if (minute === undefined) {
      await commit([moved]);
      return { startsAt: undefined, missed, more: false };
    }
    const { id, isTaken } = await idOf(ports, name, minute, firstTry);
    firstTry = false;
    const startsAt = minute + jitterOf(name, minute, schedule.jitter);
    const run = admission(settings, {
      id,
      agent: name,
      cause: causeOfMinute(name, minute),
      release: published.id,
      configuration: configurationOf(scheduled.agent, published.release),
      context: null,
      concurrencyKey: concurrencyKeyOf(scheduled.agent, null),
      notBefore: schedule.jitter > 0 ? new Date(startsAt) : null,
      trigger: { type: 'schedule', due: new Date(minute).toISOString() },
      why: whyOf(schedule, minute),
      now,
    });
    await commit(isTaken ? [moved] : [moved, run]);
    return { startsAt: isTaken ? undefined : startsAt, missed, more: look.due.length > 1 };
  });
}

/** At most one run for an agent and a minute, also where its state was deleted (D3). The first try takes the name for free. */
async function idOf(ports: Ports, agent: string, minute: number, firstTry: boolean) {
  const cause = causeOfMinute(agent, minute);
  const [id] = runIds(agent, cause);
  return firstTry && id !== undefined
    ? { id, isTaken: false }
    : await chooseRunId(ports, agent, cause);
}

function causeOfMinute(agent: string, minute: number): string {
  return causeOf('schedule', agent, new Date(minute).toISOString());
}

function whyOf({ cron, timezone }: Schedule, minute: number): string {
  const shown = new Date(wallClock(timezone, minute)).toISOString().slice(0, 16).replace('T', ' ');
  return `its schedule ${cron} was due at ${shown} (${timezone})`;
}
