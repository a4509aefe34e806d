import { facts, table } from '../steer/table.ts';
import { ago, clock, withClocks } from '../steer/times.ts';
import { mostRuns, type Status } from './read-status.ts';

/** How a deployment is doing, for a person. */
export function statusLines(status: Status, width: number, now: number): string[] {
  const { release, paused, agents, functions, tick } = status;
  const when = (at: string): string => `${clock(at, now)} (${ago(at, now)})`;
  const published = release?.publishedAt ? `, published ${when(release.publishedAt)}` : '';
  const shares = table(
    functions,
    [
      { title: 'FUNCTION', of: ({ name }) => name },
      { title: 'VERSION', of: ({ revision }) => revision ?? 'not deployed' },
      { title: 'TRAFFIC', of: ({ traffic }) => sharesOf(traffic), narrow: 'cut' },
    ],
    width,
  );
  const working = table(
    agents,
    [
      { title: 'AGENT', of: ({ agent }) => agent },
      { title: 'IN FLIGHT', of: ({ inFlight }) => String(inFlight) },
      { title: 'QUEUED', of: ({ queued }) => String(queued) },
      {
        title: '',
        of: ({ failures, isPaused }) =>
          [
            ...(isPaused ? ['paused'] : []),
            ...(failures > 0 ? [`${failures} failed in a row`] : []),
          ].join(', '),
        narrow: 'cut',
      },
    ],
    width,
  );
  return [
    ...facts(
      [
        ['release', [release ? `${release.id}${published}` : 'none']],
        ['paused', paused ? [saidOfPause(paused, now)] : []],
        ['runs', [runsLine(status)]],
        ['tick', functions.length === 0 ? [] : [tickLine(tick, when)]],
      ],
      width,
    ),
    ...(agents.length === 0 ? [] : ['', ...working]),
    ...(functions.length === 0 ? [] : ['', ...shares]),
  ];
}

function saidOfPause({ at, by, why }: NonNullable<Status['paused']>, now: number): string {
  return withClocks(`since ${String(at)} by ${String(by)}${why ? `: ${String(why)}` : ''}`, now);
}

function runsLine({ runs }: Status): string {
  const open = Object.values(runs).reduce((sum, count) => sum + count, 0);
  if (open === 0) return 'all are over';
  const counts = Object.entries(runs).filter(([, count]) => count > 0);
  const detail = counts.map(([state, count]) => `${count} ${state}`).join(', ');
  return `${open}${open >= mostRuns ? ' or more' : ''} not over: ${detail}`;
}

function sharesOf(traffic: Status['functions'][number]['traffic']): string {
  if (traffic.length <= 1 && traffic.every(({ revision }) => revision === 'LATEST')) return '';
  return traffic.map(({ revision, percent }) => `${percent} % ${revision}`).join(', ');
}

function tickLine(tick: Status['tick'], when: (at: string) => string): string {
  if (tick === null) return 'no job calls it';
  const last = tick.lastAt === null ? 'not called yet' : `last called ${when(tick.lastAt)}`;
  const problem = tick.problem === null ? '' : `, which failed: ${tick.problem}`;
  return `${last}${problem}${tick.isEnabled ? '' : '; its job is paused'}`;
}
