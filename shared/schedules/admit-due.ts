import type { AgentState, ScheduleState } from '../agents/state.ts';
import type { Ports } from '../ports/index.ts';
import type { Published } from '../projects/release.ts';
import { wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { allSettled } from '../settled.ts';
import { admitMinute, type Scheduled } from './admit-minute.ts';
import { lookAt, nextDue } from './due.ts';
import { standStill } from './stand-still.ts';

/** Agents whose state is read at once; one that is not among them is looked at by itself. */
const mostAgents = 1_000;

/**
 * How much too early a tick may find a minute due, in ms: Cloud Scheduler calls as the minute begins, and an instance whose clock
 * is a little behind must not leave it to the next tick, which would find a newer one.
 */
const earlyMs = 1_000;

/** What the schedules of a release came to. */
export interface Admitted {
  /** Runs that were admitted. */
  admitted: number;
  /** Minutes that were due and that nothing runs for. */
  missed: number;
}

/** What an instance remembers from one tick to the next, so that a minute in which nothing is due costs no read. */
export interface Outlook {
  /** Publication that it is about; undefined when it is about none. */
  publication?: string | undefined;
  /** When something is due by that release next, in ms since the epoch. */
  nextDue?: number;
}

/**
 * Admits a run for every minute that is due by the schedules of a release, and wakes its agent. May be called any number of
 * times, late, out of order and twice at once: an agent and a minute have one run at most. An agent that cannot be looked at
 * does not keep the others from running; what it threw is thrown at the end.
 */
export async function admitDue(
  ports: Ports,
  settings: Settings,
  published: Published,
  outlook: Outlook = {},
): Promise<Admitted> {
  const now = ports.clock.now() + earlyMs;
  // What was current before may be so again, and another may have been looked at meanwhile, elsewhere.
  const current = `${published.id} ${published.release.publishedAt}`;
  const { publication, nextDue: due = now } = outlook;
  if (publication === current && now < due) return { admitted: 0, missed: 0 };
  outlook.publication = undefined;
  const known = await readSchedules(ports);
  const scheduled = scheduledAgents(published);
  const names = new Set(scheduled.map(({ name }) => name));
  const idle = [...known.keys()].filter((name) => !names.has(name));
  const [results] = await allSettled([
    allSettled(
      scheduled.map((agent) =>
        admitAgent(ports, settings, published, agent, known.get(agent.name) ?? null, now),
      ),
    ),
    allSettled(idle.map((name) => standStill(ports, published, name))),
  ]);
  outlook.publication = current;
  outlook.nextDue = Math.min(...scheduled.map(({ schedule }) => nextDue(schedule, now)));
  return {
    admitted: results.reduce((sum, result) => sum + result.admitted, 0),
    missed: results.reduce((sum, result) => sum + result.missed, 0),
  };
}

function scheduledAgents({ release }: Published): Scheduled[] {
  return Object.entries(release.agents).flatMap(([name, agent]) =>
    agent.schedule && agent.scale > 0 ? [{ name, agent, schedule: agent.schedule }] : [],
  );
}

/** How far each agent's schedule was looked at, of those that have one. A hint: what is decided is read anew (D2). */
async function readSchedules({
  documents,
}: Pick<Ports, 'documents'>): Promise<Map<string, ScheduleState>> {
  const agents = await documents.query<AgentState>({ collection: 'agents', limit: mostAgents });
  return new Map(
    agents.flatMap(({ id, data }) => (data.schedule ? [[id, data.schedule] as const] : [])),
  );
}

async function admitAgent(
  ports: Ports,
  settings: Settings,
  published: Published,
  scheduled: Scheduled,
  known: ScheduleState | null,
  now: number,
): Promise<Admitted> {
  const { name, schedule } = scheduled;
  const publishedAt = Date.parse(published.release.publishedAt);
  const starts: number[] = [];
  let missed = 0;
  try {
    let more = lookAt(schedule, known, { now, publishedAt }).state !== undefined;
    while (more) {
      const step = await admitMinute(ports, settings, published, scheduled, now);
      if (step.startsAt !== undefined) starts.push(step.startsAt);
      missed += step.missed;
      more = step.more;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    ports.log.warn('schedule not looked at; the next tick does', { agent: name, error: message });
    throw error;
  } finally {
    await wake(ports, name, starts);
  }
  if (missed > 0) {
    ports.log.warn('scheduled minutes were missed', {
      agent: name,
      missed,
      catchup: schedule.catchup,
    });
  }
  return { admitted: starts.length, missed };
}

/** Asks for a look at the agent at each time at which one of its runs may start; what may start already needs one look. */
async function wake(ports: Ports, agent: string, starts: number[]): Promise<void> {
  const now = ports.clock.now();
  const times = new Set(starts.map((at) => Math.max(at, now)));
  await Promise.all([...times].map((at) => wakeDispatch(ports, agent, at > now ? at : undefined)));
}
