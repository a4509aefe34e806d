import type { Agent, Concurrency, Project, Retry } from '../../shared/projects/project.ts';
import type { Schedule } from '../../shared/schedules/schedule.ts';
import { agentOf, projectOf } from '../project.ts';
import type { Chance } from './random.ts';
import { zones } from './standing.ts';

/** The credential that agents have, when they have one. */
export const credential = { type: 'github_token', instance: 'default' } as const;

const zoneNames = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu'] as const;

/** A project with one to three agents. */
export function someProject(chance: Chance, long: boolean): Project {
  const names = Array.from({ length: chance.between(1, 3) }, (_, index) => `agent-${index}`);
  const agents = Object.fromEntries(names.map((name) => [name, someAgent(chance, long)]));
  return {
    ...projectOf(agents),
    timezone: chance.pick(zoneNames),
    scale: someScale(chance),
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

function someQueueSize(chance: Chance): number {
  return chance.between(2, 20);
}

function someMaxReruns(chance: Chance): number {
  return chance.pick([0, 1, 2, 10]);
}

function someSchedule(chance: Chance, long: boolean): Schedule | null {
  if (chance.happens(0.65)) return null;
  const step = long ? chance.pick([5, 15, 30]) : chance.pick([1, 2, 5, 5]);
  return {
    cron: `*/${step} * * * *`,
    timezone: chance.pick(zoneNames),
    catchup: chance.pick(['none', 'last', 'all', 'all']),
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
  return {
    runsPerDay: chance.happens(0.3) ? chance.between(1, 12) : null,
    minutesPerDay: chance.happens(0.2) ? chance.between(1, 4) : null,
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
  switch (chance.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])) {
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
      return changed({ maxWorkQueueSize: someQueueSize(chance) });
    default:
      return changed({ scale: chance.between(1, 4) });
  }
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
