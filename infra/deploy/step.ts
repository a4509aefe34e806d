import type { Clock } from '../../shared/ports/index.ts';
import type { Command } from '../deployment/kind.ts';

/** One thing that a deployment has to do: what is done already is no step of it. */
export interface Step {
  /** Unique: `function webhook`. */
  title: string;
  /** One sentence: why it has to be done. */
  why: string;
  /** What is asked of Google, in order. What a value would be printed in is left out. */
  commands: readonly Command[];
  /** Does it another way than by the commands. Answers with a few words on how it ended. */
  run?: (watching: Watching) => Promise<string | undefined>;
}

/** Whoever watches a step that lasts long. */
export interface Watching {
  clock: Clock;
  /** Told what it is doing elsewhere, line by line. */
  onLine(line: string): void;
  /** To be called now and then: keeps what the command holds. */
  beat(): Promise<void>;
  /** Aborted when somebody interrupts the command: it ends what it began elsewhere. */
  signal?: AbortSignal | undefined;
}

/** Steps of which several may be under way at a time. Stages come one after the other. */
export interface Stage {
  steps: readonly Step[];
  /** Most steps under way. */
  lanes: number;
}
