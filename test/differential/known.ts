import type { Known, Outcome } from './outcome.ts';
import type { Comparison, QueryDescribed } from './queries.ts';
import type { BatchDescribed, Committed } from './writes.ts';

/**
 * Where the local Firestore is meant to answer otherwise than Google's emulator. Not generated, and so not compared:
 * two writes of one document in a commit (the emulator refuses most pairs with INVALID_ARGUMENT: "Cannot delete then
 * update an entity in the same request"), and aggregation over a projection.
 */
export const knownInWrites: readonly Known<BatchDescribed, Committed>[] = [
  {
    name: 'a version asked of a document that is not there',
    reason:
      'FAILED_PRECONDITION on the emulator, NOT_FOUND here: who holds a version reads again after either.',
    explains: ({ google, local }) => codeOf(google.result) === 9 && codeOf(local.result) === 5,
  },
];

export const knownInQueries: readonly Known<QueryDescribed, Outcome>[] = [
  {
    name: 'sum and average over documents without the field',
    reason:
      'Google runs them on an index that lacks those documents, so `count` beside them is smaller; nothing here sums.',
    explains: ({ described, google, local }) =>
      described.aggregate === 'sum' && 'answer' in google && 'answer' in local,
  },
  {
    name: 'the implied order of several inequality fields with odd names',
    reason: 'Google orders them by name, the engine by the name as it is escaped in a path.',
    explains: ({ described, google, local }) => {
      const fields = inequalityFields(described);
      return fields.size > 1 && fields.has('x-y') && 'answer' in google && 'answer' in local;
    },
  },
];

/** Top-level fields that an inequality is asked of. */
function inequalityFields({ where }: QueryDescribed): Set<string | undefined> {
  const comparisons = where.flatMap((one) => ('any' in one ? one.any : [one]));
  const equalities = new Set<Comparison['is']>([
    '==',
    'in',
    'array-contains',
    'array-contains-any',
  ]);
  return new Set(comparisons.filter(({ is }) => !equalities.has(is)).map(({ field }) => field[0]));
}

function codeOf(result: Outcome): number | undefined {
  return 'code' in result ? result.code : undefined;
}
