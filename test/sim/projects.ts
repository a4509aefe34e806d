import type { Agent, Concurrency, Project, Retry } from '../../shared/projects/project.ts';
import type { Schedule } from '../../shared/schedules/schedule.ts';
import { agentOf, onGithub, projectOf } from '../project.ts';
import type { Chance } from './random.ts';
import { zones } from './standing.ts';

/** The credential that agents have, when they have one. */
export const credential = { type: 'github_token', instance: 'default' } as const;

const zoneNames = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu'] as const;

/** A project with one to four agents, which may call each other. */
export function someProject(chance: Chance, long: boolean): Project {
  const names = Array.from(
    { length: chance.pick([1, 2, 2, 3, 3, 4]) },
    (_, index) => `agent-${index}`,
  );
  const agents = Object.fromEntries(names.map((name) => [name, someAgent(chance, long)]));
  return {
    ...projectOf(agents),
    timezone: chance.pick(zoneNames),
    scale: someScale(chance),
    ...someLimits(chance),
  };
}

/** How deep calls may go, and how long a lock lasts without a sign of life, in seconds; or what is usual. */
function someLimits(chance: Chance): Pick<Project, 'maxCallDepth' | 'resourceLockTimeout'> {
  const [depth, seconds] = [chance.pick([0, 1, 2, 0]), chance.pick([0, 0, 15, 90])];
  return {
    ...(depth > 0 && { maxCallDepth: depth }),
    ...(seconds > 0 && { resourceLockTimeout: seconds }),
  };
}

/** When a life in a project begins: often shortly before a day of its budgets ends. */
export function someBeginning(chance: Chance, { timezone }: Project): number {
  if (chance.happens(0.5)) return Date.parse('2026-03-01T12:00:00Z');
  const ahead = zones[timezone as keyof typeof zones] ?? 0;
  const midnight = Date.parse('2026-03-02T00:00:00Z') - ahead * 60_000;
  return midnight - chance.between(30_000, 5 * 60_000);
}

function someAgent(chance: Chance, long: boolean): Agent {
  return agentOf({
    webhooks: someWebhooks(chance),
    scale: chance.between(1, 3),
    maxWorkQueueSize: someQueueSize(chance),
    timeout: long ? chance.pick([300, 3_600, 14_400]) : chance.pick([30, 300, 3_600]),
    credentials: chance.happens(0.5) ? [`${credential.type}:${credential.instance}`] : [],
    credentialsDelivery: chance.pick(['copy', 'direct']),
    maxReruns: someMaxReruns(chance),
    schedule: someSchedule(chance, long),
    concurrency: someConcurrency(chance),
    retry: someRetry(chance),
    budget: someBudget(chance),
  });
}

/** Most agents run for every delivery, some for issues alone, and some only when they are called. */
function someWebhooks(chance: Chance): Agent['webhooks'] {
  const some = chance.fraction();
  if (some < 0.1) return [];
  return [some < 0.3 ? onGithub({ events: ['issues'] }) : onGithub()];
}

function someQueueSize(chance: Chance): number {
  return chance.happens(0.3) ? chance.between(1, 3) : chance.between(2, 20);
}

function someMaxReruns(chance: Chance): number {
  return chance.pick([0, 1, 2, 10]);
}

function someSchedule(chance: Chance, long: boolean): Schedule | null {
  if (chance.happens(0.6)) return null;
  const catchup = chance.pick(['none', 'none', 'last', 'all', 'all'] as const);
  // Of minutes that come often, the last one is never too old to be run.
  const isRare = catchup === 'none' && chance.happens(0.7);
  const steps = isRare
    ? ([15, 15, 30] as const)
    : long
      ? ([5, 15, 30] as const)
      : ([1, 2, 5, 5] as const);
  return {
    cron: `*/${chance.pick<number>(steps)} * * * *`,
    timezone: chance.pick(zoneNames),
    catchup,
    jitter: chance.pick([0, 0, 30, 90]),
  };
}

function someConcurrency(chance: Chance): Concurrency | null {
  if (chance.happens(0.5)) return null;
  return {
    key: chance.pick(['{number}', '{number}', 'all']),
    busy: chance.pick(['queue', 'skip', 'cancel']),
  };
}

function someRetry(chance: Chance): Retry | null {
  if (chance.happens(0.5)) return null;
  const backoff = chance.pick([1, 10, 60]);
  return {
    attempts: chance.between(1, 3),
    exitCodes: chance.pick([null, null, [1], [1, 124]]),
    backoff,
    maxBackoff: Math.max(backoff, chance.pick([30, 300])),
  };
}

function someBudget(chance: Chance): Agent['budget'] {
  const runsPerDay = chance.happens(0.3) ? chance.between(1, 12) : null;
  const minutes = chance.happens(0.2) ? chance.between(1, 4) : null;
  // A started run of a minute costs a tenth of a cent.
  const isInDollars = minutes === 3;
  return {
    runsPerDay,
    minutesPerDay: isInDollars ? null : minutes,
    ...(isInDollars && { dollarsPerDay: 0.005 }),
    failuresInARow: chance.happens(0.3) ? chance.between(1, 4) : null,
  };
}

function someScale(chance: Chance): number | null {
  return chance.happens(0.4) ? chance.between(1, 4) : null;
}

/** The next release of a project: something of it is otherwise, or everything is as it was first. */
export function nextProject(chance: Chance, first: Project, now: Project, long: boolean): Project {
  const agents = { ...now.agents };
  const [name = '', agent] = chance.pick(Object.entries(first.agents) as [[string, Agent]]);
  const known = agents[name] ?? agent;
  const changed = (change: Partial<Agent>): Project => ({
    ...now,
    agents: { ...agents, [name]: { ...known, ...change } },
  });
  switch (chance.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])) {
    case 0:
      return { ...now, scale: someScale(chance) };
    case 1:
      return changed({ scale: 0 });
    case 2:
      delete agents[name];
      return { ...now, agents };
    case 3:
      return first;
    case 4:
      return changed({ schedule: someSchedule(chance, long) });
    case 5:
      return changed({ concurrency: someConcurrency(chance) });
    case 6:
      return changed({ retry: someRetry(chance), maxReruns: someMaxReruns(chance) });
    case 7:
      return changed({ budget: someBudget(chance) });
    case 8:
      return { ...withoutLimits(now), ...someLimits(chance) };
    case 9:
      return changed({ maxWorkQueueSize: someQueueSize(chance) });
    default:
      return changed({ scale: chance.between(1, 4) });
  }
}

function withoutLimits({ maxCallDepth: _d, resourceLockTimeout: _t, ...rest }: Project): Project {
  return rest;
}

/** A project of which nothing new comes, and that is kept from nothing: everything in it comes to its end. */
export function lastProject(now: Project): Project {
  const budget = { runsPerDay: null, minutesPerDay: null, failuresInARow: null };
  const agents = Object.entries(now.agents).map(([name, agent]) => [
    name,
    { ...agent, schedule: null, budget },
  ]);
  return { ...now, agents: Object.fromEntries(agents) };
}
