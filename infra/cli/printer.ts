import type { Event } from './context.ts';
import type { Failure } from './errors.ts';
import type { Result } from './result.ts';

/** Tells what a command does, and what came of it. One for people, and one for programs. */
export interface Printer {
  print(event: Event): void;
  /** The end of a command that came to something. */
  result(result: Result): void;
  /** The end of one that did not. */
  fail(failure: Failure): void;
}
