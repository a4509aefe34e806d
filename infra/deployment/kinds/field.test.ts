import { describe, expect, it } from 'vitest';
import type { FieldOverride } from '../resource.ts';
import { fieldKind as kind } from './field.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: FieldOverride = {
  kind: 'field',
  id: 'runs.expireAt',
  why: '',
  collection: 'runs',
  field: 'expireAt',
  expires: true,
  indexed: false,
  needs: [],
};
const name = 'projects/acme-drover/databases/(default)/collectionGroups/runs/fields/expireAt';

describe('a field', () => {
  it('is as it should be right after it was set, while its policy is made', () => {
    const byIndexes = [{ name, indexConfig: {} }];
    const byPolicies = [{ name, ttlConfig: { state: 'CREATING' } }];
    const found = kind.read(deployment, [wanted], [byIndexes, byPolicies]).get(wanted.id);
    expect(found && kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('of which only one half was set is not', () => {
    const [exempt] = kind.read(deployment, [wanted], [[{ name, indexConfig: {} }], []]).values();
    expect(exempt && told(kind.compare(deployment, wanted, exempt))).toEqual([
      'expires: false > true',
    ]);
    const inherited = { usesAncestorConfig: true, indexes: [{ queryScope: 'COLLECTION' }] };
    const indexed = { name, ttlConfig: { state: 'ACTIVE' }, indexConfig: inherited };
    expect(told(kind.compare(deployment, wanted, indexed))).toEqual(['indexed: true > false']);
  });

  it('is set in one call, which names both halves', () => {
    expect(kind.create(deployment, wanted)).toEqual([
      {
        tool: 'api',
        method: 'PATCH',
        url: `https://firestore.googleapis.com/v1/${name}?updateMask=indexConfig,ttlConfig`,
        body: { name, indexConfig: { indexes: [] }, ttlConfig: {} },
      },
    ]);
  });

  it('is set back by half', () => {
    expect(kind.remove(deployment, wanted.id, { name, indexConfig: {} }).map(typed)).toEqual([
      'gcloud firestore indexes fields update expireAt --collection-group=runs --database=(default) --clear-exemption',
    ]);
  });
});
