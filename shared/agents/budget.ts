import { addModels, addRun } from '../costs/day-costs.ts';
import { dollars } from '../costs/prices.ts';
import type { RunCost } from '../costs/run-cost.ts';
import type { Agent, Budget } from '../projects/project.ts';
import type { RunState } from '../runs/states.ts';
import { wallClock } from '../schedules/wall-clock.ts';
import type { AgentState, Spend } from './state.ts';

/** The day of `now` (ms since the epoch) in an IANA time zone, `2026-03-01`. */
export function dayOf(now: number, timezone: string): string {
  return new Date(wallClock(timezone, now)).toISOString().slice(0, 10);
}

/** Longest time in ms until the next day begins: 25 hours where clocks are put back, 48 where a zone skips a date line. */
const longestDayMs = 49 * 3_600_000;

/** When the day after that of `now` begins in a time zone, in ms since the epoch, exact to the second. */
export function nextDay(now: number, timezone: string): number {
  const today = dayOf(now, timezone);
  let [before, after] = [Math.floor(now / 1_000), Math.ceil((now + longestDayMs) / 1_000)];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayOf(middle * 1_000, timezone) > today) after = middle;
    else before = middle;
  }
  return after * 1_000;
}

/** What was spent of `day`. A day never goes back: of two instances at midnight, one may be a moment behind. */
function spentOn(spend: Spend, day: string): Spend {
  return day > spend.day ? { day, runs: 0, seconds: 0, dollars: 0 } : spend;
}

/** How many runs may still get a slot on `day`; infinite without a budget. */
export function budgetLeft(
  { spend }: Pick<AgentState, 'spend'>,
  { runsPerDay, minutesPerDay, dollarsPerDay = Number.POSITIVE_INFINITY }: Budget,
  day: string,
): number {
  const spent = spentOn(spend, day);
  if (minutesPerDay !== null && spent.seconds >= minutesPerDay * 60) return 0;
  if (spent.dollars >= dollarsPerDay) return 0;
  return runsPerDay === null ? Number.POSITIVE_INFINITY : Math.max(0, runsPerDay - spent.runs);
}

/** The fields of an agent's state once `runs` more runs get a slot on `day`: part of the commit that takes the slots. */
export function takeBudget(
  { spend }: Pick<AgentState, 'spend'>,
  runs: number,
  day: string,
): Pick<AgentState, 'spend'> {
  const spent = spentOn(spend, day);
  return { spend: { ...spent, runs: spent.runs + runs } };
}

/**
 * Whether the end of a run counts as a failure of its agent: null where it says nothing about it, because somebody else
 * ended the run.
 */
export function isFailure(end: RunState): boolean | null {
  if (end === 'succeeded') return false;
  return end === 'failed' || end === 'timed_out' || end === 'lost' ? true : null;
}

/** What the end of a run means to its agent's budget. */
export interface Spent {
  /** See {@link isFailure}. */
  failed: boolean | null;
  /** Seconds that its container ran. */
  seconds: number;
  /** What it has cost. */
  cost: RunCost;
  /** The day it ended on, in the project's time zone. */
  day: string;
  /** Ms since the epoch. */
  now: number;
}

/**
 * The fields of an agent's state once a run of it has ended: part of the commit that ends the run. An agent that failed too
 * often in a row pauses itself, until somebody resumes it.
 *
 * @param agent Its configuration; undefined when the release no longer has it.
 */
export function afterRun(
  { failures, spend, days, paused }: Pick<AgentState, 'failures' | 'spend' | 'days' | 'paused'>,
  agent: Pick<Agent, 'budget'> | undefined,
  { failed, seconds, cost, day, now }: Spent,
): Partial<AgentState> {
  const spent = spentOn(spend, day);
  const inARow = failed === null ? failures : failed ? failures + 1 : 0;
  const most = agent?.budget.failuresInARow ?? null;
  const isTooMuch = failed === true && paused === null && most !== null && inARow >= most;
  const why = `${inARow} ${inARow === 1 ? 'run' : 'runs in a row'} failed`;
  return {
    failures: inARow,
    spend: {
      ...spent,
      seconds: spent.seconds + Math.max(0, Math.ceil(seconds)),
      dollars: dollars(spent.dollars + cost.total),
    },
    days: addRun(days, cost, Math.max(0, seconds)),
    ...(isTooMuch && { paused: { at: new Date(now).toISOString(), by: 'drover', why } }),
  };
}

/**
 * The fields of an agent's state once the models of a run that is over have cost `difference` US dollars more than was known at its
 * end: part of the commit that says so on the run.
 */
export function afterModels(
  { spend, days }: Pick<AgentState, 'spend' | 'days'>,
  day: string,
  difference: number,
): Pick<AgentState, 'spend' | 'days'> {
  const spent =
    spend.day === day ? Math.max(0, dollars(spend.dollars + difference)) : spend.dollars;
  return { spend: { ...spend, dollars: spent }, days: addModels(days, day, difference) };
}
