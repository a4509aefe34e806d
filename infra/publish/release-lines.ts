import { differenceOf } from '../../shared/projects/difference.ts';
import type { Agent } from '../../shared/projects/project.ts';
import type { Current, Release } from '../../shared/projects/release.ts';
import { contentsOf } from '../../shared/projects/release-format.ts';
import { facts, table } from '../steer/table.ts';
import { ago } from '../steer/times.ts';
import { agentLines } from './difference-lines.ts';
import type { ListedRelease } from './releases.ts';

/** Releases in a table of so many columns; `*` is the current one, and a number says how many rollbacks lead to one. */
export function releaseTable(
  releases: readonly ListedRelease[],
  width: number,
  now: number,
): string[] {
  if (releases.length === 0) return ['no release yet'];
  return table(
    releases,
    [
      { title: 'release', narrow: 'keep', of: ({ release }) => release },
      {
        title: 'now',
        narrow: 'keep',
        of: ({ isCurrent, back }) => (isCurrent ? '*' : back === null ? '' : `-${back}`),
      },
      { title: 'published', narrow: 'keep', of: ({ publishedAt }) => ago(publishedAt, now) },
      { title: 'by', narrow: 'cut', of: ({ publishedBy }) => publishedBy ?? '' },
      { title: 'agents', narrow: 'cut', of: ({ agents }) => agentsOf(agents) },
      { title: 'drover', narrow: 'drop', of: ({ drover }) => drover ?? '' },
    ],
    width,
  );
}

function agentsOf(agents: readonly string[] | null): string {
  return agents === null ? 'cannot be read by this Drover' : agents.join(', ');
}

/** One release in lines: what it is, and below it each of its agents as a difference to nothing has it. */
export function releaseFacts(
  { id, release, current }: { id: string; release: Release; current: Current | null },
  width: number,
  now: number,
): string[] {
  const { name, publishedAt, publishedBy, drover, timezone, scale, agents } = release;
  const isCurrent = id === current?.release;
  const since = current?.moved
    ? `, since ${current.moved.at} by ${current.moved.by ?? 'nobody that is named'}`
    : '';
  const slots = Object.values(agents).reduce((sum: number, agent: Agent) => sum + agent.scale, 0);
  return [
    ...facts(
      [
        ['release', [`${id}${isCurrent ? `, current${since}` : ''}`]],
        ['project', [`${name}, ${timezone}`]],
        [
          'published',
          [`${publishedAt}, ${ago(publishedAt, now)}${publishedBy ? `, by ${publishedBy}` : ''}`],
        ],
        ['made by', drover === undefined ? [] : [`Drover ${drover}`]],
        ['slots', [`${slots} of its agents${scale === null ? '' : `, ${scale} of the project`}`]],
      ],
      width,
    ),
    ...differenceOf(undefined, contentsOf(release)).agents.added.flatMap(({ agent, has }) => [
      `agent ${agent}`,
      ...agentLines(has),
    ]),
  ];
}
