import { check, note } from './check.ts';
import { type Located, merge, reporter, valueAt, without } from './located.ts';
import { aboutFile, type Problem } from './problem.ts';
import { quoted } from './quoted.ts';
import { type Cloud, readCloud } from './read-cloud.ts';
import { readToml } from './read-toml.ts';
import { dotEnvSchema, environmentName, environmentSchema } from './schema/environment-schema.ts';
import { type ProjectConfig, projectSchema } from './schema/project-schema.ts';

export const projectFile = 'config.toml';
export const dotEnvFile = '.env.toml';

/** Where an environment's file lies; `~` is the home directory of whoever reads the project. */
export function environmentFile(name: string): string {
  return `~/.action-llama/environments/${name}.toml`;
}

/** The environment that a project is read for; undefined when nothing names one. Not checked. */
export function chosenEnvironment(
  files: ReadonlyMap<string, string>,
  chosen: string | undefined,
): string | undefined {
  if (chosen) return chosen;
  const table = readToml(dotEnvFile, files.get(dotEnvFile) ?? '', []);
  const name = table && valueAt(table, ['environment'])?.content;
  return typeof name === 'string' ? name : undefined;
}

/** The project's configuration, all layers laid over each other. */
export interface Layers {
  /** Undefined when something is wrong with it. */
  config: ProjectConfig | undefined;
  /** The merged tables, also when something is wrong with them. */
  table: Located;
  environment: string | null;
  cloud: Cloud | null;
}

/**
 * Reads `config.toml`, `.env.toml` over it, and the environment's file over both. Each is checked by itself, so that what
 * an upper layer hides is told too; only what must be there may come from any of them.
 */
export function readLayers(
  files: ReadonlyMap<string, string>,
  chosen: string | undefined,
  problems: Problem[],
  warnings: Problem[],
): Layers {
  const layer = (file: string, schema: typeof projectSchema): Located | undefined => {
    const text = files.get(file);
    const table = text === undefined ? undefined : readToml(file, text, problems);
    if (!table) return undefined;
    check(table, schema, reporter(table, problems), 'all but what is missing');
    note(table, schema, reporter(table, warnings));
    return table;
  };
  const before = problems.length;
  const base = layer(projectFile, projectSchema);
  const own = layer(dotEnvFile, dotEnvSchema);
  const environment = chosenEnvironment(files, chosen) ?? null;
  const isNamed = environment === null || isThere(files, environment, chosen, own, problems);
  const upper =
    environment !== null && isNamed
      ? layer(environmentFile(environment), environmentSchema)
      : undefined;

  const empty: Located = { file: projectFile, line: 1, content: new Map() };
  const all = [base, own, upper].filter((table) => table !== undefined).reduce(merge, empty);
  const table = without(all, ['environment', 'cloud', 'server']);
  const complete = check(table, projectSchema, reporter(all, problems), 'only what is missing');
  return {
    config: problems.length === before ? complete : undefined,
    table,
    environment,
    cloud: upper ? readCloud(upper, reporter(upper, problems)) : null,
  };
}

/** Whether the environment that was chosen has a file; if not, a problem where it was chosen. */
function isThere(
  files: ReadonlyMap<string, string>,
  name: string,
  chosen: string | undefined,
  own: Located | undefined,
  problems: Problem[],
): boolean {
  const isName = environmentName.safeParse(name).success;
  if (isName && files.has(environmentFile(name))) return true;
  const message = isName
    ? `${environmentFile(name)} is not there, and ${quoted(name)} was chosen`
    : `${quoted(name)} is not the name of an environment: lower-case letters, digits and -, at most 50`;
  if (chosen) problems.push(aboutFile('AL_ENV', message));
  // A name that is none was told with the file that it stands in.
  else if (isName && own) reporter(own, problems)(['environment'], message);
  return false;
}
