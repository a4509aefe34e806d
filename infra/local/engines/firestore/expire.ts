import type { Collections } from './collections.ts';
import type { IndexFile } from './index-file.ts';
import type { Micros } from './types.ts';

/**
 * Paths of the documents whose time has passed, by the TTL policies of an index file. Like Google's, a policy leaves what stands
 * below a document, and a document without a time in its field (Firestore docs, "Manage data retention with TTL policies").
 */
export function expired(
  documents: Collections,
  { fieldOverrides = [] }: IndexFile,
  now: Micros,
): string[] {
  return fieldOverrides
    .filter(({ ttl }) => ttl === true)
    .flatMap(({ collectionGroup, fieldPath }) =>
      [...documents.below('', collectionGroup)].flatMap((collection) =>
        [...documents.in(collection)].flatMap(({ path, fields }) => {
          const value = fields.get(fieldPath);
          const isPast =
            typeof value === 'object' &&
            value !== null &&
            'kind' in value &&
            value.kind === 'timestamp' &&
            value.micros <= BigInt(now);
          return isPast ? [path] : [];
        }),
      ),
    );
}
