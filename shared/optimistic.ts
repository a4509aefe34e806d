import { Retryable } from './errors.ts';
import { type CloudError, hasCode, type Ports, type Version, type Write } from './ports/index.ts';

/** Attempts before a contended decision is left to whoever woke us, to be tried again. */
const maxAttempts = 12;
/** Longest pause before the first repetition, in ms; it doubles to at most `maxPauseMs`. Measured in D2 with 40 ms. */
const firstPauseMs = 40;
const maxPauseMs = 1_000;

type Commit = (writes: readonly Write[]) => Promise<Version[]>;

/** A commit that another writer was faster than, or whose answer was lost. */
class Contended extends Error {}

/**
 * Runs `decide`, which reads, decides and commits with preconditions, again after jitter for as long as another writer was
 * faster (D2) or the answer to the commit was lost. `decide` must read everything anew each time: a commit whose answer was
 * lost may have taken effect. Only what `commit` refuses is repeated; a refused read is no contention.
 */
export async function optimistically<T>(
  { clock, random, documents }: Pick<Ports, 'clock' | 'random' | 'documents'>,
  decide: (commit: Commit) => Promise<T>,
): Promise<T> {
  const commit: Commit = async (writes) => {
    try {
      return await documents.commit(writes);
    } catch (error) {
      if (isContention(error) || hasCode(error, 'unavailable', 'deadline_exceeded')) {
        throw new Contended(error.message, { cause: error });
      }
      throw error;
    }
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await decide(commit);
    } catch (error) {
      if (!(error instanceof Contended)) throw error;
      if (attempt === maxAttempts) {
        throw new Retryable(`still contended after ${attempt} attempts`, 5, { cause: error.cause });
      }
      const longest = Math.min(firstPauseMs * 2 ** (attempt - 1), maxPauseMs);
      await clock.sleep(random.fraction() * longest);
    }
  }
}

/** Makes a commit that is not worth repeating: another writer that was faster has made it pointless. */
export async function unlessContended(commit: () => Promise<unknown>): Promise<void> {
  try {
    await commit();
  } catch (error) {
    if (!isContention(error)) throw error;
  }
}

/** What a commit is refused with when a document it rests on has changed since it was read. */
export function isContention(error: unknown): error is CloudError {
  return hasCode(error, 'failed_precondition', 'already_exists', 'not_found', 'aborted');
}
