import { quoted } from './quoted.ts';

/** Something in the project's files that cannot stay as it is, or that is worth knowing. */
export interface Problem {
  /** Path below the project's directory; the environment's file from the home directory, `~/…`. */
  file: string;
  /** First line is 1; null when it is about the file as a whole. */
  line: number | null;
  /** Dotted path of the field; empty when it is about no field. */
  field: string;
  message: string;
}

/** Where a value stands within its file, from the outside in. */
export type Path = readonly (string | number)[];

/** Longest name of a field that is written out, in UTF-16 units. */
const longestField = 200;

/** A path as TOML writes it: names that are more than letters, digits, `-` and `_` in quotation marks. */
export function fieldOf(path: Path): string {
  const field = path.map((step) => printable(String(step))).join('.');
  return field.length > longestField ? `${field.slice(0, longestField)}…` : field;
}

/** A name as it stands, or in quotation marks where it would be misread or would reach a terminal as something else. */
export function printable(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name);
}

/** A problem about a file as a whole. */
export function aboutFile(file: string, message: string): Problem {
  return { file, line: null, field: '', message };
}
