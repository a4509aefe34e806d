import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';
import { findContext } from '../find-context.ts';
import { mostRuns, readStatus, type Status } from '../read-status.ts';
import { tellingGoogle } from '../telling.ts';

export const status: CliCommand = {
  name: 'status',
  summary:
    'Show the runs that are not over, the agents, the versions of the functions and the last tick',
  about:
    "It asks Google's own services with your rights, and none of Drover's functions: it works when they do not.",
  without: ['yes'],
  act: async (session, options) => {
    const context = await findContext(session, options, 'nothing');
    const { deployment, print } = context;
    if (options.dryRun) {
      await readStatus(tellingGoogle(print, 'ask how it is doing'), deployment);
      return { next: '`drover status`.' };
    }
    const found = await readStatus(context.google, deployment);
    if (isNowhere(found)) {
      throw new Failure(
        'NOT_PROVISIONED',
        `There is nothing of Drover in ${deployment.project}, ${deployment.region}.`,
      );
    }
    return { lines: linesOf(found), data: { ...found }, next: nextOf(found) };
  },
};

function isNowhere({ release, functions, tick }: Status): boolean {
  return release === null && tick === null && functions.every(({ revision }) => revision === null);
}

function linesOf({ release, paused, agents, runs, functions, tick }: Status): string[] {
  const open = Object.values(runs).reduce((sum, count) => sum + count, 0);
  const counts = Object.entries(runs).filter(([, count]) => count > 0);
  const most = open === mostRuns ? ' or more' : '';
  const detail = counts.map(([state, count]) => `${count} ${state}`).join(', ');
  const width = Math.max(...agents.map(({ agent }) => agent.length), 0);
  return [
    `release    ${release ? `${release.id}${release.publishedAt ? `, published ${release.publishedAt}` : ''}` : 'none'}`,
    ...(paused ? [`paused     since ${paused.at} by ${paused.by}: ${paused.why}`] : []),
    `runs       ${open === 0 ? 'all are over' : `${open}${most} not over: ${detail}`}`,
    ...agents.map(
      ({ agent, queued, inFlight, isPaused, failures }) =>
        `agent      ${agent.padEnd(width)}  ${inFlight} in flight, ${queued} queued${failures > 0 ? `, ${failures} failed in a row` : ''}${isPaused ? ', paused' : ''}`,
    ),
    ...functions.map(
      ({ name, revision, traffic }) =>
        `function   ${name.padEnd(8)}  ${revision ?? 'not deployed'}${sharesOf(traffic)}`,
    ),
    `tick       ${tickLine(tick)}`,
  ];
}

function sharesOf(traffic: Status['functions'][number]['traffic']): string {
  if (traffic.length <= 1 && traffic.every(({ revision }) => revision === 'LATEST')) return '';
  return `; traffic: ${traffic.map(({ revision, percent }) => `${percent} % ${revision}`).join(', ')}`;
}

function tickLine(tick: Status['tick']): string {
  if (tick === null) return 'no job calls it';
  const last = tick.lastAt === null ? 'not called yet' : `last called ${tick.lastAt}`;
  const problem = tick.problem === null ? '' : `, which failed: ${tick.problem}`;
  return `${last}${problem}${tick.isEnabled ? '' : '; its job is paused'}`;
}

function nextOf({ release, functions, tick }: Status): string {
  const isWhole = release !== null && tick !== null && functions.every(({ revision }) => revision);
  if (!isWhole) return '`drover deploy`, which deploys what is missing.';
  return 'send a webhook, or start an agent through the control API (docs/control-api.md).';
}
