import { fieldOf, type Path, type Problem } from './problem.ts';

/** A value of a configuration file with the place that it was read from. */
export interface Located {
  file: string;
  /** First line is 1. Of a table: the line that opens it. */
  line: number;
  content: string | number | boolean | null | Located[] | LocatedTable;
}

export type LocatedTable = Map<string, Located>;

/** Levels of tables and lists within each other that are read: far more than any field has. */
export const deepest = 32;

/** The value without its places. Its keys are the file's, so look them up with `Object.hasOwn`. */
export function plain(located: Located): unknown {
  const { content } = located;
  if (Array.isArray(content)) return content.map(plain);
  if (!(content instanceof Map)) return content;
  return Object.fromEntries([...content].map(([key, value]) => [key, plain(value)]));
}

/** The value at `path`, if there is one. */
export function valueAt(located: Located, path: Path): Located | undefined {
  let found: Located | undefined = located;
  for (const step of path) found = found === undefined ? undefined : within(found, step);
  return found;
}

function within({ content }: Located, step: string | number): Located | undefined {
  if (Array.isArray(content)) return content[Number(step)];
  return content instanceof Map ? content.get(String(step)) : undefined;
}

/** `upper` laid over `lower`: tables merge at every depth, everything else is replaced (Action Llama's rule). */
export function merge(lower: Located, upper: Located): Located {
  if (!(lower.content instanceof Map) || !(upper.content instanceof Map)) return upper;
  const content: LocatedTable = new Map(lower.content);
  for (const [key, value] of upper.content) {
    const below = content.get(key);
    content.set(key, below ? merge(below, value) : value);
  }
  return { ...lower, content };
}

/** `located` without these keys of its table. */
export function without(located: Located, keys: readonly string[]): Located {
  if (!(located.content instanceof Map)) return located;
  const content = new Map([...located.content].filter(([key]) => !keys.includes(key)));
  return { ...located, content };
}

/** Takes problems by the path of their value, and finds the file and line for them. */
export type Report = (path: Path, message: string) => void;

/** Reports into `problems` what is wrong with `located`. A value that is missing has the place of the table it is missing from. */
export function reporter(located: Located, problems: Problem[]): Report {
  return (path, message) => {
    let place = located;
    for (const step of path) {
      const next = within(place, step);
      if (!next) break;
      place = next;
    }
    const { file, line } = place;
    problems.push({ file, line, field: fieldOf(path), message });
  };
}
