import { resolve } from 'node:path';
import { readRunning } from '../../local/start/running.ts';
import { steeringFor, widthFor } from '../../steer/command.ts';
import { readLocalStatus } from '../../steer/local-status.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';
import { findContext } from '../find-context.ts';
import { readStatus, type Status } from '../read-status.ts';
import { statusLines } from '../status-lines.ts';
import { tellingGoogle } from '../telling.ts';

export const status: CliCommand = {
  name: 'status',
  summary:
    'Show the runs that are not over, the agents, the versions of the functions and the last tick',
  about:
    "It asks Google's own services with your rights, and none of Drover's functions: it works when they do not. In a directory in which a local cloud runs, it asks that, unless a project is named.",
  without: ['yes'],
  act: async (session, options) => {
    const { shell } = session;
    const [width, now] = [widthFor(session), shell.now()];
    const directory = resolve(shell.directory, options.directory ?? '.');
    if (options.project === undefined && readRunning(directory)) {
      const local = await readLocalStatus(await steeringFor(session, options));
      return {
        lines: statusLines(local, width, now),
        data: { ...local },
        next: '`drover agents ls` says why an agent does nothing.',
      };
    }
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
    return { lines: statusLines(found, width, now), data: { ...found }, next: nextOf(found) };
  },
};

function isNowhere({ release, functions, tick }: Status): boolean {
  return release === null && tick === null && functions.every(({ revision }) => revision === null);
}

function nextOf({ release, functions, tick }: Status): string {
  const isWhole = release !== null && tick !== null && functions.every(({ revision }) => revision);
  if (!isWhole) return '`drover deploy`, which deploys what is missing.';
  return 'send a webhook, or `drover run <agent>`.';
}
