import { dayOf } from '../agents/budget.ts';
import { type AgentState, readAgentState } from '../agents/state.ts';
import type { Ports } from '../ports/index.ts';
import { agentIn } from '../projects/project.ts';
import type { Release } from '../projects/release.ts';
import { type DayTotal, noCost, sumOfDays, withTotal } from './day-costs.ts';
import { idleDayCost } from './idle-operations.ts';
import { pricesOf, tierOf } from './prices.ts';

/** One day, of an agent or of the project. */
export type CostOfDay = DayTotal & { day: string };

/** What an agent's runs have come to. */
export interface AgentCosts extends DayTotal {
  agent: string;
  /** What it has come to today, as its budget counts it, and what it may come to in a day; null: no limit. */
  today: number;
  dollarsPerDay: number | null;
  /** The days on which runs of it ended, the newest first. */
  days: CostOfDay[];
}

/** What runs have come to that ended on the last days, estimated, in US dollars. */
export interface Costs {
  /** The days that are looked at, both included, in this time zone. */
  from: string;
  to: string;
  timezone: string;
  /** The date of the prices that a run is reckoned with which ends now. */
  prices: string;
  total: DayTotal;
  /** What a day costs on which nothing happens. It is not in the total. */
  idleDay: number;
  /** The days on which runs ended, the newest first. */
  days: CostOfDay[];
  /** The dearest first. */
  agents: AgentCosts[];
}

/** What is asked for. */
export interface CostsWanted {
  /** How many days, today included. */
  days: number;
  /** Of one agent alone. Default: of all. */
  agent?: string | undefined;
  /** Region of the jobs. */
  region: string;
}

/** Agents that are read, at most: those of a project, and as many that it had before. */
const mostAgents = 1_000;
const dayMs = 86_400_000;

/**
 * What runs have come to by agent and by day, as their agents' documents sum it up; undefined where one agent is asked for that there
 * never was. Agents that the release no longer has are in it if anything of theirs ended on these days.
 */
export async function readCosts(
  ports: Pick<Ports, 'documents' | 'clock'>,
  release: Release,
  { days: count, agent: only, region }: CostsWanted,
): Promise<Costs | undefined> {
  const { timezone } = release;
  const to = dayOf(ports.clock.now(), timezone);
  const from = new Date(Date.parse(to) - (count - 1) * dayMs).toISOString().slice(0, 10);
  const states = await statesOf(ports, only);
  if (only !== undefined && states.length === 0 && !agentIn(release, only)) return undefined;
  const known = new Map(states);
  for (const name of only === undefined ? Object.keys(release.agents) : [only]) {
    if (!known.has(name)) known.set(name, {});
  }
  const agents = [...known]
    .map(([name, state]) => agentCosts(name, state, release, from, to))
    .filter(({ agent, runs }) => runs > 0 || agent === only || agentIn(release, agent))
    .sort((a, b) => b.total - a.total || (a.agent < b.agent ? -1 : 1));
  const all = agents.flatMap(({ days }) => days);
  const dates = [...new Set(all.map(({ day }) => day))].sort().reverse();
  return {
    from,
    to,
    timezone,
    prices: pricesOf,
    total: withTotal(sumOfDays(all)),
    idleDay: idleDayCost(tierOf(region)),
    days: dates.map((day) => ({
      day,
      ...withTotal(sumOfDays(all.filter((one) => one.day === day))),
    })),
    agents,
  };
}

async function statesOf(
  ports: Pick<Ports, 'documents'>,
  only: string | undefined,
): Promise<[string, Partial<AgentState>][]> {
  if (only !== undefined) {
    const { document } = await readAgentState(ports, only);
    return document ? [[only, document.data]] : [];
  }
  const found = await ports.documents.query<AgentState>({
    collection: 'agents',
    limit: mostAgents,
  });
  return found.map(({ id, data }) => [id, data]);
}

function agentCosts(
  agent: string,
  { days = {}, spend }: Partial<AgentState>,
  release: Release,
  from: string,
  to: string,
): AgentCosts {
  const dates = Object.keys(days).filter((day) => day >= from && day <= to);
  const own = dates
    .sort()
    .reverse()
    .map((day) => ({ day, ...withTotal(days[day] ?? noCost) }));
  return {
    agent,
    ...withTotal(sumOfDays(own)),
    today: spend?.day === to ? (spend.dollars ?? 0) : 0,
    dollarsPerDay: agentIn(release, agent)?.budget.dollarsPerDay ?? null,
    days: own,
  };
}
