import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GcloudMissing, isRefusal } from '../../gcloud/google.ts';
import { formatProblem, readProject } from '../../project-files.ts';
import type { Place } from '../../resources.ts';
import type { CliCommand } from '../command.ts';
import {
  configurationFile,
  newConfiguration,
  readConfiguration,
  withPlace,
} from '../configuration.ts';
import { describeProject } from '../describe-project.ts';
import { Failure } from '../errors.ts';
import {
  checkedProject,
  checkedRegion,
  findProject,
  findRegion,
  type Namings,
  usualRegion,
} from '../find-place.ts';
import { readGcloudSettings } from '../gcloud-settings.ts';
import type { CommonOptions, Session } from '../session.ts';
import type { Shell } from '../shell.ts';

export const init: CliCommand = {
  name: 'init',
  summary: `Write ${configurationFile}: where this project runs in Google Cloud`,
  about:
    'It asks only for what neither the options, nor the files of the project, nor gcloud say. A file that is there keeps all but its project and region.',
  act: async (session, options) => {
    const { shell, printer } = session;
    const directory = resolve(shell.directory, options.directory ?? '.');
    const file = join(directory, configurationFile);
    const configuration = readConfiguration(directory);
    const { AL_ENV: environment, HOME: home } = shell.environment;
    const parsed = readProject(directory, () => '', {
      environment,
      ...(home === undefined ? {} : { home }),
    });
    const settings = await readGcloudSettings(shell.gcloud);
    const cloud = parsed.ok ? parsed.cloud : null;
    const place = await choosePlace(session, options, { options, configuration, cloud, settings });
    await note(session, place);

    const existing = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    const operators = settings.account === undefined ? [] : [settings.account];
    const text =
      existing === undefined
        ? newConfiguration({ ...place, operators })
        : withPlace(existing, place);
    const isSame = text === existing;
    const title = `write ${file}`;
    if (!options.dryRun) {
      printer.print({ kind: 'step', title, state: 'begun' });
      if (!isSame) writeFile(file, text);
      printer.print({ kind: 'step', title, state: isSame ? 'same' : 'done' });
    }
    if (!parsed.ok) {
      const [first] = parsed.problems;
      const why = first ? `: ${formatProblem(first)}` : '';
      printer.print({ kind: 'note', text: `${directory} is no project that can run yet${why}` });
    }
    return {
      ...(options.dryRun && {
        lines: [`would ${isSame ? 'leave' : 'write'} ${file}:`, ...text.trimEnd().split('\n')],
      }),
      data: { ...place, file, isNew: existing === undefined, isSame },
      next: parsed.ok
        ? '`drover provision --dry-run` shows what would be made; `drover provision` makes it.'
        : 'mend the project, then `drover provision`.',
    };
  },
};

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const details = cause instanceof Error ? [cause.message] : [];
    throw new Failure('WRONG_CONFIGURATION', `${file} cannot be written.`, {
      todo: 'See that the directory is there and may be written, or name another with --directory.',
      details,
      cause,
    });
  }
}

/** Says so where Google cannot be asked about the project; throws when it can, and knows none. */
async function note({ shell, printer }: Session, { project }: Place): Promise<void> {
  try {
    await describeProject(shell.google(project), project);
  } catch (error) {
    const isUnasked =
      error instanceof GcloudMissing || isRefusal(error, 'unauthenticated', 'unavailable');
    if (!isUnasked) throw error;
    printer.print({
      kind: 'note',
      text: `whether there is a project ${project} is not known: gcloud is not there, or nobody is signed in (\`gcloud auth login\`)`,
    });
  }
}

async function choosePlace(
  { shell }: Session,
  { yes = false }: CommonOptions,
  namings: Namings,
): Promise<Place> {
  const project = findProject(namings) ?? (await chooseProject(shell, yes));
  if (project === undefined) throw new Failure('PROJECT_MISSING');
  checkedProject(project);
  const asked = yes ? undefined : shell.ask;
  const region =
    findRegion(namings) ??
    ((await asked?.(`Region, such as europe-west1 [${usualRegion}]: `)) || usualRegion);
  return { project, region: checkedRegion(region.trim()) };
}

/** The only project that the person has; of several, the one that is typed. */
async function chooseProject(shell: Shell, isSilent: boolean): Promise<string | undefined> {
  const ids = await projectsOf(shell);
  if (ids.length === 1) return ids[0];
  if (isSilent) return undefined;
  const list = ids.length > 0 ? `Projects: ${ids.join(', ')}\n` : '';
  return (await shell.ask(`${list}Id of the Google Cloud project: `))?.trim() || undefined;
}

async function projectsOf({ gcloud }: Shell): Promise<string[]> {
  try {
    const { code, stdout } = await gcloud(['projects', 'list', '--quiet', '--format=json']);
    const listed: unknown = code === 0 ? JSON.parse(stdout) : [];
    if (!Array.isArray(listed)) return [];
    const ids = listed.map((each) => (each as { projectId?: unknown } | null)?.projectId);
    return ids.filter((id) => typeof id === 'string');
  } catch (error) {
    if (error instanceof GcloudMissing || error instanceof SyntaxError) return [];
    throw error;
  }
}
