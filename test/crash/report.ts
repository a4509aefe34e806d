import { type PathName, paths } from './paths.ts';
import { crashedSides, type Point } from './points.ts';
import type { Site } from './sites.ts';
import { mostSweeps, type Tried, toldPoint } from './try-points.ts';

/** Sites that no point crashes on both sides, `<site>: <before or after>`. */
export function uncrashed(sites: readonly Site[], points: readonly Point[]): string[] {
  const sides = crashedSides(points);
  return sites.flatMap(({ id }) =>
    ['before', 'after']
      .filter((side) => !sides.has(`${id} ${side}`))
      .map((side) => `${id}: ${side}`),
  );
}

/** Every point as a line: path, what went wrong, and how many sweeps it took. */
export function reportOf(sites: readonly Site[], tried: readonly Tried[]): string[] {
  const pathBySite = new Map(sites.map(({ id, path }) => [id, path]));
  return tried.map(({ point, sweeps, wrong }) => {
    const path = (pathBySite.get(point.site) ?? '').padEnd(8);
    return `${path} ${sweeps} ${toldPoint(point)}${wrong === undefined ? '' : ` WRONG: ${wrong}`}`;
  });
}

/** `docs/crash-points.md`: what every point came to, by path, and the sites. */
export function pageOf(sites: readonly Site[], tried: readonly Tried[]): string {
  const names = Object.keys(paths) as PathName[];
  const rows = names.map((name) => {
    const own = sites.filter(({ path }) => path === name);
    const ids = new Set(own.map(({ id }) => id));
    const points = tried.filter(({ point }) => ids.has(point.site));
    const crashes = points.filter(({ point }) => point.how === 'crash');
    const worst = Math.max(0, ...points.map(({ sweeps }) => sweeps));
    const told = crashes.reduce((sum, { point }) => sum + (point.isBoth ? 2 : 1), 0);
    const errors = points.length - crashes.length;
    return `| ${name} | ${paths[name]} | ${own.length} | ${told} | ${errors} | ${worst} |`;
  });
  const shared = tried.filter(({ point }) => point.isBoth).length;
  return [
    '# Crash points',
    '',
    'Every place in the sources where Drover calls Firestore, Cloud Tasks, Secret Manager, Cloud Run, Cloud Logging or Pub/Sub is a point at',
    'which an instance may die. The harness in `test/crash/` finds these places by parsing the sources, lives the scenarios in',
    '`test/crash/scenarios/`, and lets the instance die right before such a call, and right after it took effect: nothing of it goes',
    'on, no `catch` and no `finally`, and with it die the other requests that it served. Whoever called it does what it does in',
    'reality: Cloud Tasks, Cloud Scheduler and Pub/Sub call again, a person or an agent asks again, under the same key.',
    '',
    'After each of these lives everything must be as in the undisturbed one, and must have come to that within',
    `${mostSweeps} sweeps: every run over and cleaned up, no job, secret, slot or lock left of it, every call answered, no container started twice.`,
    '',
    '`npm run crash-points` tries all of them, writes this page, and fails where a site is not crashed or a point took longer. The',
    'tests try each site’s first crash on both sides each time, and a part of the others (`EVERY_POINT=1`: all).',
    '',
    `${sites.length} sites, ${tried.length} lives (${shared} of them stand for both sides of a call that only reads: dying before and after it differ in nothing).`,
    '',
    '| path | what happens on it | sites | crashes | errors | most sweeps |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    'Sweeps are ticks from the fault until everything had converged; 0 means that it came right before the next minute. Each site is',
    'crashed in every scenario that reaches it, at its first, second and last call there; the errors are `unavailable` and `aborted`, before and',
    'after its first call.',
    '',
    '## The sites',
    '',
    'A site is named after its file, the function it stands in, and the call; a second call of the kind has a number.',
    '',
    ...names.flatMap((name) => listOf(name, sites)),
  ].join('\n');
}

function listOf(name: PathName, sites: readonly Site[]): string[] {
  const own = sites.filter(({ path }) => path === name);
  return [`**${name}**`, '', ...own.map(({ id }) => `- \`${id}\``), ''];
}

/** The ids of the sites that a page lists. */
export function sitesOn(page: string): string[] {
  return [...page.matchAll(/^- `([^`]+)`$/gm)].map(([, id = '']) => id);
}
