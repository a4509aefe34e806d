import { dollars } from './prices.ts';
import { type RunCost, totalOf } from './run-cost.ts';

/** What the runs of an agent have come to that ended on one day. */
export type DayCost = {
  runs: number;
  /** Seconds that their containers ran. */
  seconds: number;
  /** US dollars, as of {@link RunCost}. */
  compute: number;
  controlPlane: number;
  models: number;
};

/** The days of an agent, by day of the project's time zone, `2026-03-01`. */
export type DayCosts = { [day: string]: DayCost };

/** Days that an agent keeps: this month and the one before, whatever the day. Some hundred bytes each. */
export const summedDays = 62;

export const noCost: DayCost = { runs: 0, seconds: 0, compute: 0, controlPlane: 0, models: 0 };

/** The days with a run that has ended. One that ended on a day that is gone already counts nowhere. */
export function addRun(days: DayCosts, cost: RunCost, seconds: number): DayCosts {
  const { day, compute, controlPlane, models } = cost;
  return add(days, day, { runs: 1, seconds: Math.ceil(seconds), compute, controlPlane, models });
}

/** The days with `difference` US dollars more for models of runs that ended on `day`. It may be negative, where an account has shrunk. */
export function addModels(days: DayCosts, day: string | null, difference: number): DayCosts {
  return add(days, day, { ...noCost, models: difference });
}

function add(days: DayCosts, day: string | null, more: DayCost): DayCosts {
  if (day === null) return days;
  const all = { ...days, [day]: sumOfDays([days[day] ?? noCost, more]) };
  const kept = Object.keys(all).sort().slice(-summedDays);
  return Object.fromEntries(kept.map((key) => [key, all[key] ?? noCost]));
}

/** Days, or agents on one day, added up. */
export function sumOfDays(some: readonly DayCost[]): DayCost {
  const sum = (of: (one: DayCost) => number): number =>
    some.reduce((total, one) => total + of(one), 0);
  return {
    runs: sum(({ runs }) => runs),
    seconds: sum(({ seconds }) => seconds),
    compute: dollars(sum(({ compute }) => compute)),
    controlPlane: dollars(sum(({ controlPlane }) => controlPlane)),
    models: dollars(sum(({ models }) => models)),
  };
}

/** A day with its total in US dollars. */
export type DayTotal = DayCost & { total: number };

export function withTotal(day: DayCost): DayTotal {
  return { ...day, total: totalOf(day) };
}
