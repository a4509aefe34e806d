import type { Printer } from './printer.ts';
import type { Shell } from './shell.ts';

/** What every command may be told. */
export interface CommonOptions {
  /** Id of the Google Cloud project. */
  project?: string;
  region?: string;
  /** The directory of the project whose agents run. Default: where one is. */
  directory?: string;
  dryRun?: boolean;
  json?: boolean;
  /** Of commands that cannot be undone: nobody is asked. */
  yes?: boolean;
}

/** One call of a command. */
export interface Session {
  shell: Shell;
  printer: Printer;
  /** Aborted when somebody interrupts the command. */
  signal: AbortSignal;
}
