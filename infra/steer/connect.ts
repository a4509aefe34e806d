import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfiguration } from '../cli/configuration.ts';
import { Failure } from '../cli/errors.ts';
import { findPlace, findProject } from '../cli/find-place.ts';
import { type GcloudSettings, readGcloudSettings } from '../cli/gcloud-settings.ts';
import type { CommonOptions, Session } from '../cli/session.ts';
import { functionUrl } from '../deployment/names.ts';
import { readRunning } from '../local/start/running.ts';
import { readProject } from '../project-files.ts';
import type { Place } from '../resources.ts';
import { keyAt } from './google-key.ts';

/** What a command that talks to the control API may be told, beside what every command may. */
export interface ControlOptions extends CommonOptions {
  /** Base URL of the control API. */
  url?: string;
  /** A file with its key. */
  keyFile?: string;
}

/** Where the control API is, and what lets somebody in. */
export interface Connection {
  base: string;
  /** A key, or an identity token. NEVER shown. */
  key: string;
  /** Which one it is, for a person: `the local cloud on port 8080`. */
  name: string;
}

/**
 * Finds the control API and its key: those that are named by options or variables; else the local cloud that runs in the
 * project's directory, unless a Google Cloud project is named; else those of the Google Cloud project that `drover.toml`, the
 * project's environment or gcloud names. Its key comes from Secret Manager, by the right of the person who is signed in; for a
 * service account, an identity token does. No key that was found goes to an address that was only named: whoever answers there
 * would have it for good.
 *
 * @throws Failure `CONTROL_KEY_MISSING`, or what says why the place is not known.
 */
export async function connect(session: Session, options: ControlOptions): Promise<Connection> {
  const { shell, printer } = session;
  const { environment } = shell;
  const directory = resolve(shell.directory, options.directory ?? '.');
  const url = options.url ?? environment.DROVER_CONTROL_URL;
  const given = givenKey(session, options);
  if (url !== undefined && url !== '') {
    const base = baseOf(url);
    if (given !== undefined) return { base, key: given, name: base };
    const running = readRunning(directory);
    if (running?.control === base) return { base, key: keyIn(running.keyFile), name: base };
    return { base, key: await keyFor(session, options, directory, base), name: base };
  }
  const running = options.project === undefined ? readRunning(directory) : undefined;
  if (running) {
    const { control: base, keyFile } = running;
    const elsewhere = readConfiguration(directory)?.project;
    if (elsewhere !== undefined) {
      const text = `this is the local cloud at ${base}; --project ${elsewhere} asks Google Cloud`;
      printer.print({ kind: 'note', text });
    }
    return { base, key: given ?? keyIn(keyFile), name: 'the local cloud' };
  }
  const { place, settings } = await placeOf(session, options, directory);
  const base = functionUrl(place, 'control');
  const key = given ?? (await keyAt(session, place, settings, base));
  return { base, key, name: `${place.project}, ${place.region}` };
}

/** An address without what would be doubled behind it. Throws `WRONG_COMMAND_LINE`. */
function baseOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:';
  if (!parsed || !isWeb || parsed.username !== '' || parsed.search !== '') {
    throw new Failure(
      'WRONG_COMMAND_LINE',
      `${JSON.stringify(url)} is no address of a control API.`,
      {
        todo: 'Give its base URL, such as http://127.0.0.1:8080/control.',
      },
    );
  }
  if (parsed.protocol === 'http:' && !isThisMachine(parsed.hostname)) {
    throw new Failure(
      'WRONG_COMMAND_LINE',
      `${parsed.origin} would be told the key for all to hear.`,
      {
        todo: 'Give an address that begins with https.',
      },
    );
  }
  return parsed.href.replace(/\/+$/, '');
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

/** The key that the command line or the environment names. */
function givenKey({ shell }: Session, { keyFile }: ControlOptions): string | undefined {
  const { DROVER_CONTROL_KEY_FILE: file, DROVER_CONTROL_KEY: key } = shell.environment;
  const named = keyFile ?? (file === '' ? undefined : file);
  if (named !== undefined) return keyIn(resolve(shell.directory, named));
  return key ? checkedKey(key, 'the variable DROVER_CONTROL_KEY') : undefined;
}

function keyIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Failure('CONTROL_KEY_MISSING', `${file} cannot be read.`, { cause });
  }
  return checkedKey(text, file);
}

function checkedKey(text: string, where: string): string {
  const key = text.trim();
  // What a header cannot carry is no key, and would be shown by whoever refuses it.
  if (/^[!-~]+$/.test(key)) return key;
  throw new Failure('CONTROL_KEY_MISSING', `There is no key in ${where}.`);
}

async function placeOf(
  { shell }: Session,
  options: ControlOptions,
  directory: string,
): Promise<{ place: Place; settings: GcloudSettings }> {
  const configuration = readConfiguration(directory);
  const { AL_ENV: environment, HOME: home } = shell.environment;
  const parsed = readProject(directory, () => '', {
    environment,
    ...(home === undefined ? {} : { home }),
  });
  const settings = await readGcloudSettings(shell.gcloud);
  const cloud = parsed.ok ? parsed.cloud : null;
  const namings = { options, configuration, cloud, settings };
  if (findProject(namings) === undefined) {
    throw new Failure(
      'PROJECT_MISSING',
      'No local cloud runs in this directory, and no Google Cloud project is named.',
      {
        todo: 'Run `drover dev` here, or go to the directory of the project, or name one by --project.',
      },
    );
  }
  return { place: findPlace(namings), settings };
}

/**
 * The key for an address that was named without one. It must be that of the project's own function, or the one of which the file
 * of that project says that it leads there.
 */
async function keyFor(
  session: Session,
  options: ControlOptions,
  directory: string,
  base: string,
): Promise<string> {
  const { place, settings } = await placeOf(session, options, directory);
  const { control, project } = readConfiguration(directory) ?? {};
  const isOurs = (project ?? place.project) === place.project;
  const known = [
    functionUrl(place, 'control'),
    ...(control !== undefined && isOurs ? [baseOf(control)] : []),
  ];
  if (known.includes(base)) return keyAt(session, place, settings, base);
  throw new Failure(
    'CONTROL_KEY_MISSING',
    `Nothing says that ${base} is the control API of ${place.project}: it is not told the key of that project.`,
    {
      todo: `Name a file with its key by --key-file, or, when it leads to that project, write control = ${JSON.stringify(base)} into drover.toml.`,
    },
  );
}
