import { describe, expect, it } from 'vitest';
import type { CompositeIndex } from '../resource.ts';
import { compositeIndexKind as kind } from './composite-index.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: CompositeIndex = {
  kind: 'index',
  id: 'deliveries: sources contains, sortKey descending',
  why: '',
  collection: 'deliveries',
  fields: [
    { path: 'sources', is: 'contains' },
    { path: 'sortKey', is: 'descending' },
  ],
  needs: [],
};
const row = (more: object = {}) => ({
  name: 'projects/acme-drover/databases/(default)/collectionGroups/deliveries/indexes/CICAgJ',
  queryScope: 'COLLECTION',
  state: 'CREATING',
  fields: [
    { fieldPath: 'sources', arrayConfig: 'CONTAINS' },
    { fieldPath: 'sortKey', order: 'DESCENDING' },
    { fieldPath: '__name__', order: 'DESCENDING' },
  ],
  ...more,
});
const foundIn = (rows: object[]) => kind.read(deployment, [wanted], [rows]).get(wanted.id);

describe('a composite index', () => {
  it('is found by what it indexes, with the field that Google adds, and while it is built', () => {
    const found = foundIn([row()]);
    expect(found && kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('of another collection, scope or order is another', () => {
    expect(foundIn([row({ queryScope: 'COLLECTION_GROUP' })])).toBeUndefined();
    expect(foundIn([row({ name: row().name.replace('deliveries', 'runs') })])).toBeUndefined();
    expect(foundIn([row({ fields: [...row().fields].reverse() })])).toBeUndefined();
  });

  it('that Google cannot build is made anew', () => {
    const broken = row({ state: 'NEEDS_REPAIR' });
    expect(told(kind.compare(deployment, wanted, broken))).toEqual(['state: NEEDS_REPAIR > READY']);
    expect(kind.update(deployment, wanted, broken)).toBeUndefined();
    expect(kind.remove(deployment, wanted.id, broken).map(typed)).toEqual([
      'gcloud firestore indexes composite delete CICAgJ --database=(default)',
    ]);
  });

  it('is not waited for', () => {
    expect(kind.create(deployment, wanted).map(typed)).toEqual([
      'gcloud firestore indexes composite create --database=(default) --collection-group=deliveries --query-scope=collection ' +
        '--field-config=field-path=sources,array-config=contains --field-config=field-path=sortKey,order=descending --async',
    ]);
  });
});
