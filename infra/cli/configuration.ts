import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../../shared/projects/check.ts';
import { reporter } from '../../shared/projects/located.ts';
import type { Problem } from '../../shared/projects/problem.ts';
import { readToml } from '../../shared/projects/read-toml.ts';
import { formatProblem } from '../project-files.ts';
import { type Configuration, configurationSchema } from './configuration-schema.ts';
import { Failure } from './errors.ts';

/** The file that says where a project runs; it lies beside the project's `config.toml`. */
export const configurationFile = 'drover.toml';

/** Reads the file of a project's directory; undefined when there is none. Throws `WRONG_CONFIGURATION`. */
export function readConfiguration(directory: string): Configuration | undefined {
  const file = join(directory, configurationFile);
  if (!existsSync(file)) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Failure('WRONG_CONFIGURATION', `${file} cannot be read.`, { cause });
  }
  return parseConfiguration(text);
}

/** Reads the text of the file. Throws `WRONG_CONFIGURATION` with every problem. */
export function parseConfiguration(text: string): Configuration {
  const problems: Problem[] = [];
  const table = readToml(configurationFile, text, problems);
  const configuration = table && check(table, configurationSchema, reporter(table, problems));
  if (configuration === undefined || problems.length > 0) {
    throw new Failure('WRONG_CONFIGURATION', undefined, { details: problems.map(formatProblem) });
  }
  return configuration;
}

/** What `init` writes where there is no file yet. Where nobody is signed in yet, the operators are left to whoever will be. */
export function newConfiguration(place: Place): string {
  return `# Where this project runs. \`drover init\` wrote it; it holds no secrets, and may be changed and kept in git.
project = ${quote(place.project)}
region = ${quote(place.region)}

# Who may look and change things through the control API; those under viewers may only look.
${place.operators.length > 0 ? '' : '# '}operators = [${(place.operators.length > 0 ? place.operators : ['octavia@example.com']).map(quote).join(', ')}]
viewers = []
`;
}

interface Place {
  project: string;
  region: string;
  operators: readonly string[];
}

/**
 * The text of a file with this project and region, and everything else as it was. Throws `WRONG_CONFIGURATION` when the text is
 * laid out in a way that only its author can change.
 */
export function withPlace(text: string, { project, region }: Omit<Place, 'operators'>): string {
  const changed = setting(setting(text, 'region', region), 'project', project);
  const read = parseConfiguration(changed);
  if (read.project !== project || read.region !== region) {
    throw new Failure(
      'WRONG_CONFIGURATION',
      `${configurationFile} has another project or region.`,
      {
        todo: `Set project = ${quote(project)} and region = ${quote(region)} in it by hand.`,
      },
    );
  }
  return changed;
}

/** The line that sets `key`, or a new one before all others. */
function setting(text: string, key: string, value: string): string {
  const line = `${key} = ${quote(value)}`;
  const existing = new RegExp(`^${key}[ \\t]*=[ \\t]*(?:"[^"\\n]*"|'[^'\\n]*')`, 'm');
  return existing.test(text) ? text.replace(existing, line) : `${line}\n${text}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
