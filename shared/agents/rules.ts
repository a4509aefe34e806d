import { agentIn, type Budget, type Concurrency } from '../projects/project.ts';
import type { Current, Release } from '../projects/release.ts';
import { budgetLeft, dayOf } from './budget.ts';
import type { AgentState } from './state.ts';

/** What a release says of an agent's queue and slots. */
export interface Rules {
  /** Runs of the agent at one time. */
  scale: number;
  /** Queued runs that may be kept waiting. */
  maxWorkQueueSize: number;
  concurrency: Concurrency | null;
  budget: Budget;
  /** Where the days of its budget are counted. */
  timezone: string;
}

const noBudget: Budget = { runsPerDay: null, minutesPerDay: null, failuresInARow: null };

/** An agent that the release no longer has works off its queue one by one, and loses nothing of it. */
export function rulesOf(release: Release, agent: string): Rules {
  const { timezone } = release;
  const found = agentIn(release, agent);
  return {
    scale: found?.scale ?? 1,
    maxWorkQueueSize: found?.maxWorkQueueSize ?? Number.POSITIVE_INFINITY,
    concurrency: found?.concurrency ?? null,
    budget: found?.budget ?? noBudget,
    timezone,
  };
}

/** Whether the agent has spent its budget of the day. `now` in ms since the epoch. */
export function isSpent(state: AgentState, { budget, timezone }: Rules, now: number): boolean {
  return budgetLeft(state, budget, dayOf(now, timezone)) === 0;
}

/** How many more runs the agent may have in flight by its own rules: scale, pause and budget. `now` in ms since the epoch. */
export function freeSlots(state: AgentState, rules: Rules, now: number): number {
  if (state.paused) return 0;
  const left = budgetLeft(state, rules.budget, dayOf(now, rules.timezone));
  return Math.max(0, Math.min(rules.scale - state.inFlight.length, left));
}

/**
 * What was admitted until then was held by a pause, and is not lost by its end (D10): the last resumption of the agent or of
 * its project; null when there was none.
 */
export function keptUntil(
  agent: Pick<AgentState, 'resumedAt'>,
  project: Pick<Current, 'resumedAt'> | undefined,
): Date | null {
  const times = [agent.resumedAt, project?.resumedAt ?? null].flatMap((at) => at?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.max(...times));
}
