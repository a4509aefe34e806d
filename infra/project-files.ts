import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type ParsedProject, type ParseOptions, parseProject } from '../shared/projects/parse.ts';
import { aboutFile, type Problem } from '../shared/projects/problem.ts';
import {
  chosenEnvironment,
  dotEnvFile,
  environmentFile,
  projectFile,
} from '../shared/projects/read-layers.ts';
import { environmentName } from '../shared/projects/schema/environment-schema.ts';

/** Whose project is read, and for which environment. */
export interface Reader {
  /** Default: the variable `AL_ENV`. What `.env.toml` names comes after it. */
  environment?: string | undefined;
  /** Where `.action-llama/environments/` lies. Default: the home directory. */
  home?: string;
}

/** Reads and parses the project in `directory`. Links to agents' directories are followed. */
export function readProject(
  directory: string,
  defaultImage: ParseOptions['defaultImage'],
  { environment = process.env.AL_ENV, home = homedir() }: Reader = {},
): ParsedProject {
  if (!isDirectory(directory)) {
    return { ok: false, problems: [aboutFile(directory, 'no such directory')] };
  }
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const read = (path: string, file = join(directory, path)): void => {
    const bytes = bytesOf(file);
    if (typeof bytes === 'string') problems.push(aboutFile(path, bytes));
    else if (bytes) {
      files.set(path, bytes.toString());
      if (!isUtf8(bytes))
        warnings.push(aboutFile(path, 'not UTF-8: what is none is read as \uFFFD'));
    }
  };
  read(projectFile);
  read(dotEnvFile);
  for (const name of subdirectories(join(directory, 'agents'))) {
    read(`agents/${name}/SKILL.md`);
    read(`agents/${name}/config.toml`);
  }
  const chosen = chosenEnvironment(files, environment);
  if (environmentName.safeParse(chosen).success && chosen !== undefined) {
    const path = environmentFile(chosen);
    read(
      path,
      path.replace(/^~/, () => home),
    );
  }
  const parsed = parseProject(files, {
    defaultName: basename(resolve(directory)),
    defaultImage,
    environment,
  });
  if (problems.length > 0) {
    return { ok: false, problems: [...problems, ...(parsed.ok ? [] : parsed.problems)] };
  }
  if (!parsed.ok) return parsed;
  const ours = Object.entries(parsed.project.agents)
    .filter(([name, { image }]) => image === defaultImage(name))
    .map(([name]) => name);
  return { ...parsed, warnings: [...parsed.warnings, ...warnings, ...notBuilt(directory, ours)] };
}

/** The contents of a file; undefined when there is none, and a sentence when it cannot be read. */
function bytesOf(file: string): Buffer | string | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file) : 'not a file';
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return /^(ENOENT|ENOTDIR)\b/.test(message) ? undefined : `not read: ${message}`;
  }
}

/** Notes on what a deployment builds into the images of these agents, and this machine does without. */
function notBuilt(directory: string, agents: readonly string[]): Problem[] {
  if (agents.length === 0) return [];
  const own = agents.flatMap((name) =>
    ['Dockerfile', 'static/'].map((each) => `agents/${name}/${each}`),
  );
  const paths = ['Dockerfile', 'shared/', ...own];
  const message =
    'not acted on here: `drover deploy` builds images from it; this machine runs the agent’s own files';
  return paths
    .filter((path) => existsSync(join(directory, path)))
    .map((path) => aboutFile(path, message));
}

/** A problem on one line, as compilers print theirs: `file:line: field: message`. */
export function formatProblem({ file, line, field, message }: Problem): string {
  const place = line === null ? file : `${file}:${line}`;
  return field === '' ? `${place}: ${message}` : `${place}: ${field}: ${message}`;
}

function subdirectories(directory: string): string[] {
  if (!isDirectory(directory)) return [];
  return readdirSync(directory).filter(
    (name) =>
      !name.startsWith('.') && name !== 'node_modules' && isDirectory(join(directory, name)),
  );
}

/** Whether there is such a directory; a link that leads nowhere, or to itself, is none. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
