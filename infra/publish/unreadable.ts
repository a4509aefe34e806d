import type { UnreadableRelease } from '../../shared/projects/release-format.ts';
import { Failure } from '../cli/errors.ts';

/** A release that this Drover cannot read, as a person can act on it. */
export function unreadable(error: UnreadableRelease): Failure {
  const { release, problem, readableBy } = error;
  const what = `Release ${release} cannot be read: ${problem}. Nothing was changed.`;
  return new Failure('RELEASE_UNREADABLE', what, {
    cause: error,
    todo:
      readableBy === 'newer'
        ? 'Use the newer Drover on this machine, or go back to another release of `drover releases ls`.'
        : 'Check out the files that it was made from, and `drover publish` them.',
  });
}
