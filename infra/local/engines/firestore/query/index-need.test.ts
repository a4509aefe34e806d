import { describe, expect, test } from 'vitest';
import { fieldPath } from '../field-path.ts';
import { fixture, refusal, things, where } from '../fixture.ts';
import type { CompositeIndex, IndexField, IndexFile, Scope } from '../index-file.ts';
import type { Filter, Query } from '../types.ts';

/** An index on `things`, each field as `name`, `name desc` or `name contains`. */
function index(...spelled: string[]): CompositeIndex {
  const fields = spelled.map((text): IndexField => {
    const [fieldPath = '', mode] = text.split(' ');
    if (mode === 'contains') return { fieldPath, arrayConfig: 'CONTAINS' };
    return { fieldPath, order: mode === 'desc' ? 'DESCENDING' : 'ASCENDING' };
  });
  return { collectionGroup: 'things', queryScope: 'COLLECTION', fields };
}

function answer(file: IndexFile, query: Query): string {
  return refusal(() => fixture(file).engine.query(query));
}

const grouped = (query: Query): Query => ({ ...query, allDescendants: true });
const inGroups = (one: CompositeIndex): CompositeIndex => ({
  ...one,
  queryScope: 'COLLECTION_GROUP',
});

const a = where('a', '==', 1n);
const b = where('b', '==', 1n);
const c = where('c', '==', 1n);
const tag = where('t', 'array-contains', 'x');
const range = where('n', '>', 1n);

describe('served by the automatic indexes', () => {
  test.each<[string, Query]>([
    ['the whole collection', things()],
    ['equality', things([a])],
    ['any number of equalities', things([a, b, c])],
    ['equality and in', things([a, where('b', 'in', [1n, 2n])])],
    ['equality and array-contains', things([a, tag])],
    ['an or of equalities', things([{ kind: 'or', filters: [a, b] }])],
    ['a range', things([range])],
    ['a range in its own descending order', things([range], ['n desc'])],
    ['an order', things([], ['n desc'])],
    ['an order on the field of an equality', things([a], ['a desc'])],
    ['equality and a range of names', things([a], ['__name__'])],
    ['equality in descending order of names', things([a, b], ['__name__ desc'])],
    ['a collection group without filter', grouped(things())],
  ])('%s', (_, query) => {
    expect(answer({}, query)).toBe('accepted');
  });
});

describe('a composite index', () => {
  test.each<[string, Query, CompositeIndex]>([
    ['equality with an order', things([a], ['n']), index('a', 'n')],
    ['equality with a descending order', things([a], ['n desc']), index('a', 'n desc')],
    ['equality with a range', things([a, range]), index('a desc', 'n')],
    ['in with an order', things([where('a', 'in', [1n, 2n])], ['n']), index('a', 'n')],
    ['equalities in any order', things([a, b], ['n']), index('b', 'a desc', 'n')],
    ['array-contains with an order', things([tag], ['n']), index('t contains', 'n')],
    ['two orders', things([], ['m', 'n desc']), index('m', 'n desc')],
    ['two ranges', things([range, where('m', '<', 5n)]), index('m', 'n')],
    ['a negation and an order', things([where('m', '!=', 5n)], ['n']), index('n', 'm')],
    [
      'a name in the other direction',
      things([], ['n', '__name__ desc']),
      index('n', '__name__ desc'),
    ],
    ['equality in a collection group', grouped(things([a, b])), inGroups(index('a', 'b'))],
  ])('is needed and used for %s', (_, query, composite) => {
    expect(answer({}, query)).toMatch(/^FAILED_PRECONDITION The query requires an index/);
    expect(answer({ indexes: [composite] }, query)).toBe('accepted');
  });

  test.each<[string, Query, CompositeIndex]>([
    ['is in the other direction', things([a], ['n desc']), index('a', 'n')],
    ['has the orders the other way about', things([], ['m', 'n']), index('n', 'm')],
    ['has one field too many', things([a], ['n']), index('a', 'b', 'n')],
    ['lacks an equality', things([a, b], ['n']), index('a', 'n')],
    ['has the order before the equality', things([a], ['n']), index('n', 'a')],
    ['holds values where elements are asked for', things([tag], ['n']), index('t', 'n')],
    ['is of the other scope', things([a], ['n']), inGroups(index('a', 'n'))],
    [
      'is of another collection',
      things([a], ['n']),
      { ...index('a', 'n'), collectionGroup: 'others' },
    ],
  ])('does not serve when it %s', (_, query, composite) => {
    expect(answer({ indexes: [composite] }, query)).toMatch(/^FAILED_PRECONDITION/);
  });

  test('is spelled out when it is missing', () => {
    expect(answer({}, things([a, tag], ['n desc']))).toBe(
      'FAILED_PRECONDITION The query requires an index. Add it to indexes of firestore.indexes.json: ' +
        '{"collectionGroup":"things","queryScope":"COLLECTION","fields":[{"fieldPath":"a","order":"ASCENDING"},' +
        '{"fieldPath":"t","arrayConfig":"CONTAINS"},{"fieldPath":"n","order":"DESCENDING"}]}',
    );
  });

  test('is spelled out with the name where its direction is not that of the last field', () => {
    expect(answer({}, things([], ['n', '__name__ desc']))).toContain(
      '[{"fieldPath":"n","order":"ASCENDING"},{"fieldPath":"__name__","order":"DESCENDING"}]',
    );
  });

  test('is merged with others that share the order', () => {
    const indexes = [index('a', 'n'), index('b', 'c', 'n'), index('d', 'n desc')];
    expect(answer({ indexes }, things([a, b, c], ['n']))).toBe('accepted');
    expect(answer({ indexes }, things([a, c], ['n']))).toMatch(/^FAILED_PRECONDITION/);
    expect(answer({ indexes }, things([a, where('d', '==', 1n)], ['n']))).toMatch(/^FAILED_PREC/);
  });

  test('is needed for each side of an or', () => {
    const either: Filter = { kind: 'or', filters: [a, b] };
    expect(answer({ indexes: [index('a', 'n')] }, things([either], ['n']))).toMatch(/^FAILED_PREC/);
    const indexes = [index('a', 'n'), index('b', 'n')];
    expect(answer({ indexes }, things([either], ['n']))).toBe('accepted');
  });

  test('is needed for a sum beside a filter', () => {
    const sum = [{ alias: 'sum', kind: 'sum' as const, field: fieldPath('n') }];
    const summed = (file: IndexFile, query: Query) =>
      refusal(() => fixture(file).engine.aggregate(query, sum));
    expect(summed({}, things())).toBe('accepted');
    expect(summed({}, things([a]))).toMatch(/^FAILED_PRECONDITION/);
    expect(summed({ indexes: [index('a', 'n')] }, things([a]))).toBe('accepted');
  });
});

describe('an override', () => {
  const override = (fieldPath: string, queryScope?: Scope): IndexFile => ({
    fieldOverrides: [
      {
        collectionGroup: 'things',
        fieldPath,
        indexes: queryScope ? [{ order: 'ASCENDING', queryScope }] : [],
      },
    ],
  });

  test('exempts a field, and what lies in it, from the automatic indexes', () => {
    expect(answer(override('n'), things([range]))).toBe(
      'FAILED_PRECONDITION The query requires a COLLECTION_ASC index for collection things and field n. ' +
        'Add it to fieldOverrides of firestore.indexes.json.',
    );
    expect(answer(override('n'), things([where('n.inner', '==', 1n)]))).toMatch(/^FAILED_PRECOND/);
    expect(answer(override('n'), things([a]))).toBe('accepted');
    expect(answer(override('*'), things([a]))).toMatch(/^FAILED_PRECONDITION/);
  });

  test('gives a field an index for collection groups, in place of the automatic one', () => {
    const file = override('n', 'COLLECTION_GROUP');
    expect(answer({}, grouped(things([range])))).toContain('COLLECTION_GROUP_ASC index');
    expect(answer(file, grouped(things([range])))).toBe('accepted');
    expect(answer(file, grouped(things([], ['n desc'])))).toMatch(/^FAILED_PRECONDITION/);
    expect(answer(file, things([range]))).toMatch(/^FAILED_PRECONDITION/);
  });
});
