import type { IndexFile } from '../local/engines/firestore/index-file.ts';
import { compositeIndexes, fieldOverrides } from './indexes.ts';
import type { CompositeIndex, FieldOverride } from './resource.ts';

/** The list's indexes and fields as Firebase's tools, and the local Firestore, read them. */
export function indexFile(): IndexFile {
  return {
    indexes: compositeIndexes([]).map(({ collection, fields }: CompositeIndex) => ({
      collectionGroup: collection,
      queryScope: 'COLLECTION',
      fields: fields.map(({ path, is }) => ({
        fieldPath: path,
        ...(is === 'contains'
          ? { arrayConfig: 'CONTAINS' as const }
          : { order: is === 'ascending' ? ('ASCENDING' as const) : ('DESCENDING' as const) }),
      })),
    })),
    fieldOverrides: fieldOverrides([]).map(
      ({ collection, field, expires, indexed }: FieldOverride) => ({
        collectionGroup: collection,
        fieldPath: field,
        ...(expires ? { ttl: true } : {}),
        indexes: indexed ? automatic : [],
      }),
    ),
  };
}

/** The indexes that a field has without being told. */
const automatic = [
  { order: 'ASCENDING', queryScope: 'COLLECTION' },
  { order: 'DESCENDING', queryScope: 'COLLECTION' },
  { arrayConfig: 'CONTAINS', queryScope: 'COLLECTION' },
] as const;
