import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../repository.ts';
import type { Host } from './hosts.ts';

/** What `npm start -- …` was asked for. */
export interface StartOptions {
  /** The project's directory. */
  project: string;
  /** The functions' port; the console has the next one, and the cloud's gRPC server the one after that. */
  port: number;
  /** Where the local cloud keeps its state. */
  state: string;
  /** Whether to send the example delivery and follow its run. */
  demo: boolean;
  /** A URL of this machine that every event is pushed to; undefined: none is. */
  eventsTo: string | undefined;
  /** Time between two ticks, in ms. */
  tickMs: number;
  /** What runs the functions. */
  host: Host;
}

export const usage = `Usage: npm start -- [options]

  --project DIR     run the project in DIR (default: the example, examples/triage)
  --port N          the functions' port; N+1 shows Firestore, N+2 is the local cloud (default: 8080)
  --state DIR       keep the local cloud's state in DIR (default: .drover)
  --no-demo         send no example delivery
  --tick-seconds N  seconds between two sweeps (default: 60, as deployed)
  --events URL      push what happens to runs to URL, of this machine (docs/events.md)
  --own-process     run the functions in a process of their own, which is started again when it dies
  --help            show this`;

/**
 * Reads the command line; `wrong` is what is wrong with it.
 *
 * @param from The directory that its relative paths start at.
 */
export function readOptions(
  args: readonly string[],
  from: string,
): StartOptions | 'help' | { wrong: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return 'help';
  const port = Number(values.port ?? 8080);
  if (!Number.isInteger(port) || port < 1 || port > 65_533) {
    return { wrong: `--port ${values.port} is not a port from 1 to 65533` };
  }
  const tickSeconds = Number(values['tick-seconds'] ?? 60);
  if (!(tickSeconds >= 1 && tickSeconds <= 3_600)) {
    return { wrong: `--tick-seconds ${values['tick-seconds']} is not a number from 1 to 3600` };
  }
  const { events } = values;
  if (events !== undefined && !isHere(events)) {
    return { wrong: `--events ${events} is not a URL like http://127.0.0.1:9000/` };
  }
  return {
    project: resolve(from, values.project ?? join(repositoryRoot(), 'examples', 'triage')),
    port,
    state: resolve(from, values.state ?? join(repositoryRoot(), '.drover')),
    demo: !values['no-demo'],
    eventsTo: events,
    tickMs: tickSeconds * 1_000,
    host: values['own-process'] ? 'process' : 'thread',
  };
}

/** Whether a URL is one of this machine: nothing leaves it. */
function isHere(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost');
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      project: { type: 'string' },
      port: { type: 'string' },
      state: { type: 'string' },
      'no-demo': { type: 'boolean' },
      'tick-seconds': { type: 'string' },
      events: { type: 'string' },
      'own-process': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;
}
