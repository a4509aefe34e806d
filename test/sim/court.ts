import { Permanent, Retryable } from '../../shared/errors.ts';
import { CloudError } from '../../shared/ports/index.ts';
import { Crash } from './instances.ts';
import { Violation } from './laws.ts';

/** Keeps the first violation of a life, wherever it was seen. */
export interface Court {
  violation(): Violation | undefined;
  /** Looks whether something holds. */
  check(look: () => void): void;
  /** Hears of what a function threw: what it has no name for is a bug (D15). */
  failed(what: string, error: unknown): void;
  /** Looks after something that nobody waits for. */
  watch(work: Promise<unknown>): void;
}

export function createCourt(note: (text: string) => void): Court {
  let violation: Violation | undefined;

  const failed: Court['failed'] = (what, error) => {
    if (error instanceof Violation) violation ??= error;
    else if (error instanceof Crash) note(error.message);
    else if (!isExpected(error)) {
      const why = error instanceof Error ? error.stack : String(error);
      violation ??= new Violation('bugs', `${what}: ${why}`);
    }
  };
  return {
    violation: () => violation,
    failed,
    check: (look) => {
      try {
        look();
      } catch (error) {
        failed('the simulation itself', error);
      }
    },
    watch: (work) => {
      work.catch((error) => failed('something outside', error));
    },
  };
}

function isExpected(error: unknown): boolean {
  // Both halves of a tick.
  if (error instanceof AggregateError) return error.errors.every(isExpected);
  if (error instanceof Permanent || error instanceof Retryable) return true;
  return error instanceof CloudError && error.transient;
}
