import { parse as parseToml, TomlError } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

/** Something in the project's files that cannot stay as it is. */
export interface Problem {
  /** Path below the project's directory. */
  file: string;
  /** Dotted path of the field; empty when it is about the file as a whole. */
  field: string;
  message: string;
}

/** Reads a TOML file, if it is there, and checks it against its schema; what is wrong goes to `problems`. */
export function readConfig<T>(
  files: ReadonlyMap<string, string>,
  file: string,
  schema: z.ZodType<T>,
  problems: Problem[],
): T | undefined {
  const text = files.get(file);
  if (text === undefined) return undefined;
  let toml: unknown;
  try {
    toml = parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.split('\n');
    problems.push({ file, field: '', message: `line ${error.line}: ${message}` });
    return undefined;
  }
  const checked = schema.safeParse(toml);
  if (checked.success) return checked.data;
  problems.push(...checked.error.issues.flatMap((issue) => problemsOf(file, issue)));
  return undefined;
}

function problemsOf(file: string, issue: z.core.$ZodIssue): Problem[] {
  const field = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ file, field, message: issue.message }];
  const prefix = field === '' ? '' : `${field}.`;
  return issue.keys.map((key) => ({ file, field: `${prefix}${key}`, message: 'unknown field' }));
}

/** YAML between two lines of `---` at the very beginning, and what follows it. */
const frontMatter = /^---[ \t]*\r?\n((?:[^\n]*\n)*?)---[ \t]*(?:\r?\n|$)([\s\S]*)$/;

/** The instructions of an agent, and what their front matter says of them. */
export function readSkill(
  file: string,
  files: ReadonlyMap<string, string>,
  problems: Problem[],
): { skill: string; description: string } {
  const text = files.get(file) ?? '';
  const [, front, body] = frontMatter.exec(text) ?? [];
  if (front === undefined) return { skill: text.trim(), description: '' };
  const skill = (body ?? '').trim();
  try {
    const matter: unknown = parseYaml(front);
    const checked = z.looseObject({ description: z.string().optional() }).safeParse(matter ?? {});
    if (checked.success) return { skill, description: checked.data.description ?? '' };
    problems.push(...checked.error.issues.flatMap((issue) => problemsOf(file, issue)));
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    problems.push({ file, field: '', message: `front matter: ${message}` });
  }
  return { skill, description: '' };
}

/** A warning for each of `fields` that the file sets, and that nothing acts on yet. */
export function notActedOn<T extends object>(
  file: string,
  config: T,
  fields: readonly (keyof T & string)[],
): Problem[] {
  return fields
    .filter((field) => config[field] !== undefined)
    .map((field) => ({ file, field, message: 'not acted on yet' }));
}
