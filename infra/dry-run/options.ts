import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `npm run dry-run -- …` was asked for. */
export interface DryRunOptions {
  /** The project's directory. */
  project: string;
  /** Name of a source or a provider type; undefined when the project leaves no choice. */
  source: string | undefined;
  /** File with the secret that the signature is held against. */
  secretFile: string | undefined;
  /** File with the request. */
  fixture: string;
  /** Whether the report is JSON, for programs. */
  json: boolean;
}

export const usage = `Usage: npm run dry-run -- --project DIR [options] FIXTURE

  Tells what the project would make of a webhook request, filter by filter, and starts nothing.
  FIXTURE is a file {"headers": {...}, "body": {...} or "text"}.

  --project DIR      the project's directory (default: .)
  --source NAME      the source that it came to, or a provider type
                     (default: the project's own, where all its sources are of one type)
  --secret-file FILE hold the signature against the secret in FILE
  --json             print the report as JSON
  --help             show this

  Exit codes: 0 an agent matches, 1 none does, 2 project, fixture or arguments are wrong.`;

/**
 * Reads the command line; `wrong` is what is wrong with it.
 *
 * @param from The directory that its relative paths start at.
 */
export function readOptions(
  args: readonly string[],
  from: string,
): DryRunOptions | 'help' | { wrong: string } {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  if (values.help) return 'help';
  const [fixture, ...others] = positionals;
  if (fixture === undefined) return { wrong: 'no fixture is given' };
  if (others.length > 0) return { wrong: `one fixture at a time, not ${positionals.join(', ')}` };
  const secretFile = values['secret-file'];
  return {
    project: resolve(from, values.project ?? '.'),
    source: values.source,
    secretFile: secretFile === undefined ? undefined : resolve(from, secretFile),
    fixture: resolve(from, fixture),
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      source: { type: 'string' },
      'secret-file': { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
}
