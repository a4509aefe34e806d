import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ParsedProject } from '../../shared/projects/parse.ts';
import { agentIdentitiesOf } from '../deployment/agents.ts';
import { GcloudMissing, type Google, isRefusal } from '../gcloud/google.ts';
import { formatProblem, readProject } from '../project-files.ts';
import type { Place } from '../resources.ts';
import { readConfiguration } from './configuration.ts';
import type { Configuration } from './configuration-schema.ts';
import { createConfirm } from './confirm.ts';
import { type Context, unknownNumber } from './context.ts';
import { describeProject } from './describe-project.ts';
import { Failure } from './errors.ts';
import { findPlace } from './find-place.ts';
import { readGcloudSettings } from './gcloud-settings.ts';
import type { CommonOptions, Session } from './session.ts';

/** What a command needs of the project's files: agents to make a place for, or nothing. */
export type Needs = 'agents' | 'nothing';

/**
 * Finds what a command works with: where Drover runs, from the options, `drover.toml`, the environment of the project and gcloud's
 * own settings, in this order; whom it runs, from the project's files; and what Google knows of it.
 */
export async function findContext(
  { shell, printer, signal }: Session,
  options: CommonOptions,
  needs: Needs,
): Promise<Context> {
  const directory = resolve(shell.directory, options.directory ?? '.');
  const configuration = readConfiguration(directory);
  const { AL_ENV: environment, HOME: home } = shell.environment;
  const parsed = readProject(directory, () => '', {
    environment,
    ...(home === undefined ? {} : { home }),
  });
  if (!parsed.ok && (needs === 'agents' || mayName(directory, options, configuration))) {
    throw wrongProject(directory, parsed);
  }
  const project = parsed.ok ? parsed.project : null;
  const settings = await readGcloudSettings(shell.gcloud);
  const place = findPlace({
    options,
    configuration,
    cloud: parsed.ok ? parsed.cloud : null,
    settings,
  });
  const google = shell.google(place.project);
  const number = await numberOf(google, place, options.dryRun ?? false);
  if (number === undefined) {
    printer.print({
      kind: 'note',
      text: `Google could not be asked, for nobody is signed in, or there is no gcloud or no network: this is for an empty project, and ${unknownNumber} stands for its number`,
    });
  }
  const own = settings.account === undefined ? [] : [settings.account];
  const people = {
    operators: configuration?.operators ?? own,
    viewers: configuration?.viewers ?? [],
    ...(configuration?.alerts && { alerts: configuration.alerts }),
    ...(configuration?.traces !== undefined && { traces: configuration.traces }),
  };
  return {
    google,
    print: (event) =>
      printer.print(event.kind === 'command' ? { ...event, project: place.project } : event),
    confirm: createConfirm(shell, place.project, options.yes ?? false),
    signal,
    ...(settings.account !== undefined && { account: settings.account }),
    deployment: {
      ...place,
      projectNumber: number ?? unknownNumber,
      agents: agentIdentitiesOf(project ?? { agents: {} }),
      ...people,
    },
    project,
    directory,
    isOffline: number === undefined,
    isOperatorAssumed: configuration?.operators === undefined,
  };
}

/** Whether files that cannot be read may name another place than the one that would be found without them. */
function mayName(
  directory: string,
  options: CommonOptions,
  configuration: Configuration | undefined,
): boolean {
  const isNamed =
    (options.project ?? configuration?.project) !== undefined &&
    (options.region ?? configuration?.region) !== undefined;
  return !isNamed && existsSync(join(directory, 'config.toml'));
}

/** The number of the project. A dry run goes on without it where Google cannot be asked: undefined. */
async function numberOf(
  google: Google,
  { project }: Place,
  isDryRun: boolean,
): Promise<string | undefined> {
  try {
    return await describeProject(google, project);
  } catch (error) {
    const isUnasked =
      error instanceof GcloudMissing || isRefusal(error, 'unauthenticated', 'unavailable');
    if (isDryRun && isUnasked) return undefined;
    throw error;
  }
}

function wrongProject(directory: string, { problems }: Extract<ParsedProject, { ok: false }>) {
  return new Failure('WRONG_PROJECT_FILES', `${directory} is not a project that can run.`, {
    details: problems.map(formatProblem),
  });
}
