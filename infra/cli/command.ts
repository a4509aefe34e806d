import type { Command } from 'commander';
import type { Result } from './result.ts';
import type { CommonOptions, Session } from './session.ts';

/** One command of `drover`. */
export interface CliCommand {
  /** One word, or two for a command of a group: `runs ls`. */
  name: string;
  /** What it does, as a sentence without its stop. */
  summary: string;
  /** More of it, where there is more to say. */
  about?: string;
  /** Which of the common options it has no use for. */
  without?: readonly (keyof CommonOptions)[];
  /** It ends what it started when a signal comes. */
  hearsSignals?: boolean;
  /** Adds its own options and arguments. */
  define?(command: Command): void;
  /**
   * Does it. The options are as commander has read them by what {@link CliCommand.define} says, and its arguments stand among
   * them by their names: `<run>` is `run`, `[agent-names...]` is `agentNames`.
   */
  act(
    session: Session,
    options: CommonOptions & { readonly [option: string]: unknown },
  ): Promise<Result>;
}
