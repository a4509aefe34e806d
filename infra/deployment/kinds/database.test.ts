import { describe, expect, it } from 'vitest';
import type { Database } from '../resource.ts';
import { databaseKind as kind } from './database.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: Database = { kind: 'database', id: '(default)', why: '', needs: [] };
const row = {
  name: 'projects/acme-drover/databases/(default)',
  locationId: 'europe-west1',
  type: 'FIRESTORE_NATIVE',
  concurrencyMode: 'PESSIMISTIC',
  deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
};
const found = (collectionIds: string[], more: object = {}) => {
  const [only] = kind
    .read(deployment, [wanted], [[{ ...row, ...more }], { collectionIds }])
    .values();
  if (!only) throw new Error('not found');
  return only;
};

describe('the database', () => {
  it('is as it should be right after it was made, and wherever else it stands', () => {
    expect(kind.compare(deployment, wanted, found([]))).toEqual([]);
    expect(kind.compare(deployment, wanted, found([], { locationId: 'nam5' }))).toEqual([]);
  });

  it('in Datastore mode, or unprotected, is not', () => {
    const other = found([], { type: 'DATASTORE_MODE', deleteProtectionState: undefined });
    expect(told(kind.compare(deployment, wanted, other))).toEqual([
      'type: DATASTORE_MODE > FIRESTORE_NATIVE',
      'deleteProtection: DELETE_PROTECTION_DISABLED > DELETE_PROTECTION_ENABLED',
    ]);
  });

  it('is removed when nothing else is in it, after its protection', () => {
    expect(kind.remove(deployment, '(default)', found(['runs', 'agents'])).map(typed)).toEqual([
      'gcloud firestore databases update --database=(default) --no-delete-protection',
      'gcloud firestore databases delete --database=(default)',
    ]);
  });

  it('with documents of others stays', () => {
    expect(kind.remove(deployment, '(default)', found(['customers', 'runs']))).toEqual([]);
  });

  it('is never removed to be made anew', () => {
    expect(kind.holdsData).toBe(true);
    expect(kind.update(deployment, wanted, found([]))).toBeDefined();
  });
});
