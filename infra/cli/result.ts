/** What a command came to. */
export interface Result {
  /** What it came to, in lines for a person. */
  lines?: readonly string[];
  /** The same for a program, where lines would not do: `--json` prints it. */
  data?: { readonly [field: string]: unknown };
  /** What to do next: a sentence. It is the last line. */
  next?: string;
  /** What stands on standard output and nothing beside it: a rendering that is written into a file. `--json` has it as `text`. */
  raw?: string;
  /** Whether a check found something to mend; the exit code says so. */
  isFound?: boolean;
  /** The command goes on until a signal comes: whoever started it must not end the process. */
  staysUp?: boolean;
}
