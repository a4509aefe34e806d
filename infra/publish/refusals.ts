import { Retryable } from '../../shared/errors.ts';
import type { Moved } from '../../shared/projects/move-pointer.ts';
import type { Current } from '../../shared/projects/release.ts';
import { UnreadableRelease } from '../../shared/projects/release-format.ts';
import { Failure } from '../cli/errors.ts';
import { asTold } from '../deploy/carry-out.ts';
import { unreadable } from './unreadable.ts';

/** Who moved the pointer last, and when, as half a sentence. */
export function lastMove({ release, publishedAt, moved }: Current): string {
  const by = moved?.by ?? 'nobody that is named';
  return `release ${release}, made current by ${by} at ${moved?.at ?? publishedAt}`;
}

/** The release that is current now. Throws what a person is told where it could not be made so. */
export function movedOr(moved: Moved): { release: string; changed: boolean } {
  if (moved.ok) return moved;
  if (moved.reason === 'no_such_release') throw new Failure('RELEASE_NOT_FOUND');
  const now = moved.current ? lastMove(moved.current) : 'no release';
  throw new Failure(
    'RELEASE_MOVED',
    `Somebody else was faster: what is current is ${now}. Nothing was changed.`,
  );
}

/** What `work` comes to; a release that this Drover cannot read is told as a person can act on it. */
export async function readably<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof UnreadableRelease ? unreadable(error) : error;
  }
}

/**
 * What `work` comes to; whatever keeps it from its end is told as a person can act on it: what {@link readably} tells, a refusal of
 * Google's, a pointer that others write without a pause.
 */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await readably(work);
  } catch (error) {
    if (!(error instanceof Retryable)) throw asTold(error);
    throw new Failure(
      'GOOGLE_UNAVAILABLE',
      'What is current could not be written: others write it without a pause, or Google does not answer.',
      {
        cause: error,
        details: [error.message],
        // An answer that was lost may have been a yes.
        todo: 'See by `drover releases ls` what is current, and run this command again.',
      },
    );
  }
}
