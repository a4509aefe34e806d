import type { Command } from 'commander';
import type { CliCommand } from '../cli/command.ts';
import { Failure } from '../cli/errors.ts';
import type { Result } from '../cli/result.ts';
import type { Session } from '../cli/session.ts';
import { type ControlOptions, connect } from './connect.ts';
import { type Drover, droverAt } from './drover.ts';

/** What a command that talks to the control API works with. */
export interface Steering extends Drover {
  session: Session;
  /** Columns that a line may have. */
  width: number;
  /** This machine's time, in ms since the epoch. */
  now: number;
}

/** A command that talks to the control API. */
export interface SteeringCommand<Options> extends Pick<CliCommand, 'name' | 'summary' | 'about'> {
  /** It changes something, and may be told why. */
  changes?: boolean;
  define?(command: Command): void;
  act(steering: Steering, options: Options): Promise<Result>;
}

/** Columns of a line where nobody knows how many there are. */
const usualWidth = 80;
const leastWidth = 20;

interface SteeringOptions extends ControlOptions {
  why?: string;
}

/**
 * Makes one a command of `drover`.
 *
 * @typeParam Options Its own arguments and options, as commander reads them by what `define` says.
 */
export function steeringCommand<Options = object>({
  changes = false,
  define,
  act,
  ...parts
}: SteeringCommand<Options>): CliCommand {
  return {
    ...parts,
    without: ['dryRun', 'yes'],
    define: (command) => {
      define?.(command);
      if (changes) command.option('--why <text>', 'why; it is kept in the audit');
      command
        .option('--url <url>', 'the control API (default: DROVER_CONTROL_URL, or as it is found)')
        .option(
          '--key-file <path>',
          'a file with its key (default: DROVER_CONTROL_KEY_FILE, or as it is found)',
        );
    },
    act: async (session, options) => {
      return act(await steeringFor(session, options), options as Options);
    },
  };
}

/** Finds the control API, and what it takes to use it. Throws what {@link connect} does. */
export async function steeringFor(session: Session, options: SteeringOptions): Promise<Steering> {
  const { signal, shell } = session;
  const { why } = options;
  const drover = droverAt(await connect(session, options), {
    signal,
    fetch: shell.fetch,
    ...(why === undefined ? {} : { why }),
  });
  return { ...drover, session, width: widthFor(session), now: shell.now() };
}

/** Columns that a line may have: as the variable `COLUMNS` has it, else as the terminal is. */
export function widthFor({ shell: { out, environment } }: Session): number {
  const columns = /^\d{1,4}$/.test(environment.COLUMNS ?? '') ? Number(environment.COLUMNS) : 0;
  return Math.max(leastWidth, columns || out.columns() || usualWidth);
}

/** An option that is a whole number from 1 to `most`. Throws `WRONG_COMMAND_LINE`. */
export function countOf(option: string, text: string, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new Failure(
    'WRONG_COMMAND_LINE',
    `${option} ${text} is not a whole number from 1 to ${most}.`,
  );
}
