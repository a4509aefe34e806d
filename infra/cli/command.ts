import type { Command } from 'commander';
import type { Result } from './result.ts';
import type { CommonOptions, Session } from './session.ts';

/** One command of `drover`. */
export interface CliCommand {
  name: string;
  /** What it does, as a sentence without its stop. */
  summary: string;
  /** More of it, where there is more to say. */
  about?: string;
  /** Which of the common options it has no use for. */
  without?: readonly (keyof CommonOptions)[];
  /** It ends what it started when a signal comes. */
  hearsSignals?: boolean;
  /** Adds its own options. */
  define?(command: Command): void;
  /** Does it. The options are as commander has read them by what {@link CliCommand.define} says. */
  act(
    session: Session,
    options: CommonOptions & { readonly [option: string]: unknown },
  ): Promise<Result>;
}
