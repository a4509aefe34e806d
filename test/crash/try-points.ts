import { createSiteFinder } from './find-site.ts';
import { type Lived, live, type Scenario } from './live.ts';
import { allPoints, type Point } from './points.ts';
import { listSites, type Site } from './sites.ts';
import { readSources } from './syntax.ts';

/** What came of a point. */
export interface Tried {
  point: Point;
  /** Ticks until everything had converged. */
  sweeps: number;
  /** What was wrong; undefined: nothing. */
  wrong: string | undefined;
}

/** Sweeps after which everything must have converged, whatever went wrong. */
export const mostSweeps = 3;

/** The sites, every point that the scenarios have, and what tries one. */
export interface Trial {
  sites: readonly Site[];
  points: readonly Point[];
  /** What is wrong with the scenarios themselves, without any fault. */
  problems: readonly string[];
  attempt(point: Point): Promise<Tried>;
}

/** Lives every scenario undisturbed, to see which calls it makes. */
export async function createTrial(scenarios: readonly (() => Scenario)[]): Promise<Trial> {
  const sites = listSites(readSources());
  const findSite = createSiteFinder(sites);
  const byTitle = new Map(scenarios.map((scenario) => [scenario().title, scenario]));
  const lives: { scenario: string; calls: Lived['calls'] }[] = [];
  const problems: string[] = [];
  for (const [title, scenario] of byTitle) {
    const { calls, unknown, wrong } = await live(scenario, findSite);
    lives.push({ scenario: title, calls });
    if (wrong !== undefined) problems.push(`${title}: ${wrong}`);
    problems.push(...unknown.map((call) => `${title}: nobody knows which site calls ${call}`));
  }
  return {
    sites,
    problems,
    points: allPoints(lives),
    attempt: async (point) => {
      const scenario = byTitle.get(point.scenario);
      if (!scenario) throw new Error(`there is no scenario ${point.scenario}`);
      const { hasFailed, sweeps, wrong, unknown } = await live(scenario, findSite, point);
      const strange = unknown.length > 0 ? `unknown sites call ${unknown.join(', ')}` : undefined;
      const missed = hasFailed ? undefined : 'the fault never happened';
      return { point, sweeps, wrong: wrong ?? missed ?? strange };
    },
  };
}

/** A point as a line. */
export function toldPoint({ scenario, site, occurrence, when, how, isBoth }: Point): string {
  const side = isBoth ? 'before or after' : when;
  return `${how} ${side} call ${occurrence} of ${site}, in ${scenario}`;
}

/** What is wrong with what was tried, a line each. */
export function complaints(tried: readonly Tried[]): string[] {
  return tried.flatMap(({ point, sweeps, wrong }) => {
    if (wrong !== undefined) return [`${toldPoint(point)}: ${wrong}`];
    return sweeps > mostSweeps ? [`${toldPoint(point)}: took ${sweeps} sweeps`] : [];
  });
}
