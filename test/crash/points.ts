import { type Fault, onlyReads } from './fault.ts';
import type { SeenCall } from './instances.ts';

/** A fault to be tried in a scenario. */
export interface Point extends Fault {
  scenario: string;
  /** Whether one life stands for both sides of the call: what only reads has none. */
  isBoth: boolean;
}

/** The calls of an undisturbed life. */
export interface Undisturbed {
  scenario: string;
  calls: readonly SeenCall[];
}

const whens = ['before', 'after'] as const;

/**
 * Every point of these lives. In each of them each of its sites is crashed at its first, its second and its last call; in the
 * first that has it, its first call is refused as well.
 */
export function allPoints(lives: readonly Undisturbed[]): Point[] {
  const refused = new Set<string>();
  return lives.flatMap(({ scenario, calls }) => {
    const counts = new Map<string, number>();
    for (const { site, occurrence } of calls) counts.set(site, occurrence);
    return [...counts].flatMap(([site, last]) => {
      const isFirst = !refused.has(site);
      refused.add(site);
      return [
        ...[...new Set([1, Math.min(2, last), last])].flatMap((occurrence) =>
          sides({ scenario, site, occurrence, how: 'crash' }),
        ),
        ...(isFirst ? (['unavailable', 'aborted'] as const) : []).flatMap((how) =>
          sides({ scenario, site, occurrence: 1, how }),
        ),
      ];
    });
  });
}

function sides(point: Omit<Point, 'when' | 'isBoth'>): Point[] {
  const isBoth = onlyReads(point.site.split(' ')[2] ?? '');
  return (isBoth ? whens.slice(0, 1) : whens).map((when) => ({ ...point, when, isBoth }));
}

/**
 * What a run of the tests tries: of each site its first crash before and after, and of the others every `stride`th, so that
 * each scenario, site and kind has its turn.
 */
export function somePoints(points: readonly Point[], stride: number): Point[] {
  const known = new Set<string>();
  return points.filter((point, index) => {
    const { site, when, how } = point;
    if (how === 'crash' && !known.has(`${site} ${when}`)) {
      known.add(`${site} ${when}`);
      return true;
    }
    return index % stride === 0;
  });
}

/** Which sides of which sites are crashed, `<site> <when>`. */
export function crashedSides(points: readonly Point[]): Set<string> {
  return new Set(
    points
      .filter(({ how }) => how === 'crash')
      .flatMap(({ site, when, isBoth }) =>
        (isBoth ? whens : [when]).map((side) => `${site} ${side}`),
      ),
  );
}
