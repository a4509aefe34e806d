import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type ParsedProject, type ParseOptions, parseProject } from '../shared/projects/parse.ts';
import type { Problem } from '../shared/projects/read-files.ts';

/** Reads and parses the project in `directory`. Links to agents' directories are followed. */
export function readProject(
  directory: string,
  defaultImage: ParseOptions['defaultImage'],
): ParsedProject {
  if (!isDirectory(directory)) {
    return { ok: false, problems: [{ file: directory, field: '', message: 'no such directory' }] };
  }
  const files = new Map<string, string>();
  const read = (path: string): void => {
    const file = join(directory, path);
    if (existsSync(file)) files.set(path, readFileSync(file, 'utf8'));
  };
  read('config.toml');
  for (const name of subdirectories(join(directory, 'agents'))) {
    read(`agents/${name}/SKILL.md`);
    read(`agents/${name}/config.toml`);
  }
  return parseProject(files, { defaultName: basename(resolve(directory)), defaultImage });
}

/** A problem on one line, as compilers print theirs. */
export function formatProblem({ file, field, message }: Problem): string {
  return field === '' ? `${file}: ${message}` : `${file}: ${field}: ${message}`;
}

function subdirectories(directory: string): string[] {
  if (!isDirectory(directory)) return [];
  return readdirSync(directory).filter(
    (name) =>
      !name.startsWith('.') && name !== 'node_modules' && isDirectory(join(directory, name)),
  );
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
