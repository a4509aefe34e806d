/** `firestore.indexes.json` as Firebase's tools read it. */
export interface IndexFile {
  indexes?: readonly CompositeIndex[];
  fieldOverrides?: readonly FieldOverride[];
}

export type Scope = 'COLLECTION' | 'COLLECTION_GROUP';

export interface CompositeIndex {
  collectionGroup: string;
  queryScope: Scope;
  fields: readonly IndexField[];
}

export interface IndexField {
  fieldPath: string;
  order?: 'ASCENDING' | 'DESCENDING';
  arrayConfig?: 'CONTAINS';
}

/** Replaces the automatic single-field indexes of one field; an empty list exempts it. */
export interface FieldOverride {
  collectionGroup: string;
  /** `*` is every field that has no override of its own. */
  fieldPath: string;
  ttl?: boolean;
  indexes: readonly {
    order?: 'ASCENDING' | 'DESCENDING';
    arrayConfig?: 'CONTAINS';
    queryScope?: Scope;
  }[];
}
