import {
  FieldPath,
  FieldValue,
  type Firestore,
  type Precondition,
  Timestamp,
  type WriteBatch,
} from '@google-cloud/firestore';
import fc from 'fast-check';
import { type Outcome, outcome } from './outcome.ts';
import {
  build,
  buildFields,
  type Described,
  fieldNames,
  fields,
  number,
  plain,
  value,
} from './values.ts';

/** What an update does to one field. */
type Change =
  | { kind: 'value'; value: Described }
  | { kind: 'remove' | 'server time' }
  | { kind: 'add'; by: number }
  | { kind: 'append missing' | 'remove all'; items: readonly Described[] };

/** Which state of the document a write asks for. */
type Required = 'nothing' | 'exists' | 'current' | 'old';

export type WriteDescribed = { path: string } & (
  | { op: 'create' | 'set' | 'merge'; fields: { readonly [name: string]: Described } }
  | { op: 'update'; changes: readonly (readonly [readonly string[], Change])[]; required: Required }
  | { op: 'delete'; required: Required }
);

export type BatchDescribed = readonly WriteDescribed[];

const path = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }).map((i) => `c/d${i}`) },
  fc.constantFrom('c/d1/s/e1', 'c/d1/s/e2', 'other/d1'),
);

const required = fc.constantFrom<Required>(
  'nothing',
  'nothing',
  'nothing',
  'exists',
  'current',
  'current',
  'old',
);

const items = fc.array(
  value.filter((item) => item.kind !== 'list'),
  { minLength: 1, maxLength: 2 },
);

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: value.map((written): Change => ({ kind: 'value', value: written })) },
  fc.constantFrom<Change>({ kind: 'remove' }, { kind: 'server time' }),
  number.filter((by) => !Number.isNaN(by)).map((by): Change => ({ kind: 'add', by })),
  items.map((listed): Change => ({ kind: 'append missing', items: listed })),
  items.map((listed): Change => ({ kind: 'remove all', items: listed })),
);

const fieldPath = fc.array(fc.constantFrom(...fieldNames), { minLength: 1, maxLength: 2 });

const rarely = (asked: fc.Arbitrary<Required>): fc.Arbitrary<Required> =>
  fc.oneof({ weight: 9, arbitrary: asked }, fc.constant<Required>('old'));

const write: fc.Arbitrary<WriteDescribed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ path, op: fc.constantFrom('set', 'merge'), fields }) },
  { weight: 1, arbitrary: fc.record({ path, op: fc.constant('create'), fields }) },
  {
    weight: 4,
    arbitrary: fc.record({
      path,
      op: fc.constant('update'),
      changes: fc.uniqueArray(fc.tuple(fieldPath, change), {
        minLength: 1,
        maxLength: 3,
        // The client refuses paths that lie in one another.
        selector: ([[top]]) => top,
      }),
      required: rarely(required),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ path, op: fc.constant('delete'), required: rarely(required) }),
  },
);

/** One to three writes, each of its own document: what may follow what in one commit is not ours to copy. */
export const batch: fc.Arbitrary<BatchDescribed> = fc.uniqueArray(write, {
  minLength: 1,
  maxLength: 3,
  selector: (one) => one.path,
});

/** Commits batches on one database, and answers with what came of each and what its documents are after it. */
export function committer(firestore: Firestore): (described: BatchDescribed) => Promise<Committed> {
  const known = new Map<string, Times>();
  return async (described) => {
    const result = await outcome(async () => {
      const batched = firestore.batch();
      for (const one of described) add(firestore, batched, one, known.get(one.path)?.update);
      return (await batched.commit()).length;
    });
    const after = await firestore.getAll(...described.map((one) => firestore.doc(one.path)));
    return {
      result,
      after: after.map((found) => {
        const { path } = found.ref;
        const before = known.get(path);
        known.set(path, { create: found.createTime, update: found.updateTime });
        return {
          path,
          data: plain(found.data()),
          created: !same(found.createTime, before?.create),
          changed: !same(found.updateTime, before?.update),
        };
      }),
    };
  };
}

/** When a document was created and last changed: in the times of its own database. */
interface Times {
  create: Timestamp | undefined;
  update: Timestamp | undefined;
}

export interface Committed {
  result: Outcome;
  after: { path: string; data: unknown; created: boolean; changed: boolean }[];
}

function same(a: Timestamp | undefined, b: Timestamp | undefined): boolean {
  return a?.valueOf() === b?.valueOf();
}

function add(
  firestore: Firestore,
  batched: WriteBatch,
  described: WriteDescribed,
  current: Timestamp | undefined,
): void {
  const reference = firestore.doc(described.path);
  switch (described.op) {
    case 'create':
      batched.create(reference, buildFields(firestore, described.fields));
      return;
    case 'set':
      batched.set(reference, buildFields(firestore, described.fields));
      return;
    case 'merge':
      batched.set(reference, buildFields(firestore, described.fields), { merge: true });
      return;
    case 'update': {
      const [first, ...others] = described.changes.map(
        ([segments, one]) => [new FieldPath(...segments), changed(firestore, one)] as const,
      );
      if (!first) throw new Error('an update has a change');
      batched.update(
        reference,
        ...first,
        ...others.flat(),
        ...condition(described.required, current),
      );
      return;
    }
    case 'delete':
      batched.delete(reference, ...condition(described.required, current));
      return;
  }
}

function changed(firestore: Firestore, described: Change): unknown {
  switch (described.kind) {
    case 'value':
      return build(firestore, described.value);
    case 'remove':
      return FieldValue.delete();
    case 'server time':
      return FieldValue.serverTimestamp();
    case 'add':
      return FieldValue.increment(described.by);
    case 'append missing':
      return FieldValue.arrayUnion(...described.items.map((item) => build(firestore, item)));
    case 'remove all':
      return FieldValue.arrayRemove(...described.items.map((item) => build(firestore, item)));
  }
}

function condition(asked: Required, current: Timestamp | undefined): Precondition[] {
  const old = new Timestamp(1, 0);
  switch (asked) {
    case 'nothing':
      return [];
    case 'exists':
      return [{ exists: true }];
    case 'current':
      return [current ? { lastUpdateTime: current } : { exists: true }];
    case 'old':
      return [{ lastUpdateTime: old }];
  }
}
