import {
  AggregateField,
  FieldPath,
  Filter,
  type Firestore,
  type Query,
  type WhereFilterOp,
} from '@google-cloud/firestore';
import fc from 'fast-check';
import { type Outcome, outcome } from './outcome.ts';
import { build, type Described, fieldNames, plain, value } from './values.ts';

export interface Comparison {
  field: readonly string[];
  is: WhereFilterOp;
  value: Described;
}

type Where = Comparison | { any: readonly Comparison[] };

interface Cursor {
  kind: 'startAt' | 'startAfter' | 'endAt' | 'endBefore';
  values: readonly Described[];
}

export interface QueryDescribed {
  from: 'c' | 'c/d1/s' | 'every s';
  where: readonly Where[];
  orderBy: readonly { field: readonly string[]; direction: 'asc' | 'desc' }[];
  cursors: readonly Cursor[];
  limit: number | undefined;
  last: boolean;
  offset: number | undefined;
  select: readonly string[] | undefined;
  aggregate: 'count' | 'sum' | undefined;
}

const field = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...fieldNames).map((name) => [name]) },
  fc.tuple(fc.constantFrom(...fieldNames), fc.constantFrom(...fieldNames)),
);

const several = fc
  .array(value, { minLength: 1, maxLength: 3 })
  .map((items): Described => ({ kind: 'list', items }));

const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      field,
      is: fc.constantFrom<WhereFilterOp>('==', '==', '!=', '<', '<=', '>', '>=', 'array-contains'),
      value,
    }),
  },
  fc.record({
    field,
    is: fc.constantFrom<WhereFilterOp>('in', 'not-in', 'array-contains-any'),
    value: several,
  }),
);

const where: fc.Arbitrary<Where> = fc.oneof(
  { weight: 4, arbitrary: comparison },
  fc.record({ any: fc.array(comparison, { minLength: 2, maxLength: 2 }) }),
);

/** At most `maxLength` of them, most often one or none. */
const few = <T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<T[]>([]) },
    { weight: 3, arbitrary: fc.array(item, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(item, { maxLength }) },
  );

const anyQuery: fc.Arbitrary<QueryDescribed> = fc.record({
  from: fc.constantFrom<QueryDescribed['from']>('c', 'c', 'c', 'c', 'c/d1/s', 'every s'),
  where: few(where, 3),
  orderBy: few(fc.record({ field, direction: fc.constantFrom('asc', 'desc') }), 2),
  cursors: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(
      fc.record({
        kind: fc.constantFrom<Cursor['kind']>('startAt', 'startAfter', 'endAt', 'endBefore'),
        values: fc.array(value, { minLength: 1, maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  ),
  limit: fc.constantFrom(undefined, undefined, 1, 3),
  last: fc.constantFrom(false, false, false, true),
  offset: fc.constantFrom(undefined, undefined, undefined, 2),
  select: fc.constantFrom(undefined, undefined, undefined, ['a'], ['a', 'x-y'], []),
  aggregate: fc.constantFrom(undefined, undefined, undefined, undefined, 'count', 'sum'),
});

/** Without an order, a sum's index decides which documents are within a limit: any answer is right, so none is asked for. */
export const query = anyQuery.map((described): QueryDescribed => {
  const isOpen = described.aggregate === 'sum' && described.orderBy.length === 0;
  return isOpen ? { ...described, limit: undefined, offset: undefined } : described;
});

/** What came of a query: one answer to compare. */
export function runQuery(firestore: Firestore, described: QueryDescribed): Promise<Outcome> {
  return outcome(async () => {
    const built = buildQuery(firestore, described);
    if (described.aggregate) {
      const aggregated = built.aggregate({
        count: AggregateField.count(),
        ...(described.aggregate === 'sum' && {
          sum: AggregateField.sum('a'),
          average: AggregateField.average('a'),
        }),
      });
      return plain((await aggregated.get()).data());
    }
    const found = await built.get();
    return found.docs.map((one) => [one.ref.path, plain(one.data())]);
  });
}

function buildQuery(firestore: Firestore, described: QueryDescribed): Query {
  let built: Query =
    described.from === 'every s'
      ? firestore.collectionGroup('s')
      : firestore.collection(described.from);
  for (const one of described.where) built = built.where(filter(firestore, one));
  for (const { field: by, direction } of described.orderBy) {
    built = built.orderBy(new FieldPath(...by), direction);
  }
  for (const { kind, values } of described.cursors) {
    built = built[kind](...values.map((one) => build(firestore, one)));
  }
  const { limit, last, offset, select } = described;
  if (limit !== undefined) built = last ? built.limitToLast(limit) : built.limit(limit);
  if (offset !== undefined) built = built.offset(offset);
  if (select && !described.aggregate)
    built = built.select(...select.map((name) => new FieldPath(name)));
  return built;
}

function filter(firestore: Firestore, described: Where): Filter {
  if ('any' in described) return Filter.or(...described.any.map((one) => filter(firestore, one)));
  const { field: on, is, value: to } = described;
  return Filter.where(new FieldPath(...on), is, build(firestore, to));
}
