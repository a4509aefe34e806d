import type { EngineContext } from '../engine.ts';
import { collections } from './collections.ts';
import { type Change, commit } from './commit.ts';
import { commitClock } from './commit-clock.ts';
import { expired } from './expire.ts';
import type { IndexFile } from './index-file.ts';
import { compareStrings } from './order.ts';
import { checkDocumentPath, checkParent } from './paths.ts';
import { aggregate } from './query/aggregate.ts';
import { requireIndexes } from './query/index-need.ts';
import { type Plan, plan } from './query/plan.ts';
import { projected, run } from './query/run.ts';
import { transactions } from './transactions.ts';
import type { Aggregation, CommitResult, Document, Micros, Query, Write } from './types.ts';
import type { Value } from './values.ts';
import { type Snapshot, type Watcher, watcher } from './watch.ts';

export type { IndexFile } from './index-file.ts';
export type * from './types.ts';
export type * from './values.ts';
export type { Snapshot } from './watch.ts';

/** Below it, looking at every document takes less time than keeping an index. */
const usualIndexFrom = 100;

/** What is read at one moment. */
export interface Read<T> {
  result: T;
  readTime: Micros;
}

/** What a listener names: documents by path, or a query. */
export type ListenTarget = { documents: readonly string[] } | { query: Query };

/**
 * One Firestore database, `(default)`, in Native mode. Paths are relative to its root; every verb may throw
 * EngineError with Google's code. A read under a transaction is looked at again when that transaction commits.
 */
export interface FirestoreEngine {
  /** Resource name of the root: `projects/<project>/databases/(default)/documents`. */
  root: string;
  /** Documents in the order of `paths`; undefined where there is none. */
  get(paths: readonly string[], transaction?: string): Read<(Document | undefined)[]>;
  query(query: Query, transaction?: string): Read<Document[]>;
  aggregate(
    query: Query,
    aggregations: readonly Aggregation[],
    transaction?: string,
  ): Read<Map<string, Value>>;
  /** All of `writes`, in order, or none. Ends `transaction`. */
  commit(writes: readonly Write[], transaction?: string): CommitResult;
  /** What TTL policies do within a day of a document's time: removes what has expired. Answers how many there were. */
  expire(): number;
  /** Answers with the id of a transaction: at most 270 s long, at most 60 s between two calls. */
  begin(options?: { readOnly?: boolean }): string;
  rollback(transaction: string): void;
  /** Paths of documents of a collection that are not there but have documents below them. */
  missing(collection: string): string[];
  /** Ids of the collections directly below a document (`''`: below the root), in order. */
  collectionIds(parent: string): string[];
  /**
   * Calls `emit` at once with what is there, and within each later commit that changes it.
   * Answers with what ends it.
   */
  listen(target: ListenTarget, emit: (snapshot: Snapshot) => void): () => void;
}

export interface FirestoreOptions {
  project: string;
  /** With it, a query that needs an index which is not in it is refused, as Google does. */
  indexes?: IndexFile;
  /** Documents that a collection has before its queries use an index of ours. Default: 100. */
  indexFrom?: number;
}

export function createFirestoreEngine(
  context: EngineContext,
  options: FirestoreOptions,
): FirestoreEngine {
  const { indexes, indexFrom = usualIndexFrom } = options;
  const root = `projects/${options.project}/databases/(default)/documents`;
  const nameOf = (path: string): string => `${root}/${path}`;
  const documents = collections(context.store, indexFrom);
  const clock = commitClock(context.now, documents.lastCommit);
  const open = transactions(context.now, context.random);
  const listeners = new Map<Watcher, (snapshot: Snapshot) => void>();

  const planned = (query: Query, aggregations: readonly Aggregation[] = []): Plan => {
    const sound = plan(query);
    const fields = aggregations.flatMap(({ field }) => (field ? [field] : []));
    if (indexes) requireIndexes(indexes, sound, fields);
    return { ...sound, summed: fields };
  };
  const find = (sound: Plan, transaction: string | undefined): Document[] => {
    const found = run(documents, sound, nameOf);
    if (transaction !== undefined) {
      open.rest(transaction, () => same(found, run(documents, sound, nameOf)));
    }
    return found;
  };
  const tell = (changes: readonly Change[], readTime: Micros): void => {
    for (const [watching, emit] of listeners) {
      const snapshot = watching.after(changes, readTime);
      if (snapshot) emit(snapshot);
    }
  };

  const write = (writes: readonly Write[]): CommitResult => {
    const { commitTime, results, changes } = commit(documents, clock, nameOf, writes);
    if (changes.length > 0 && listeners.size > 0) tell(changes, commitTime);
    return { commitTime, results };
  };

  return {
    root,
    get: (paths, transaction) => {
      for (const path of paths) checkDocumentPath(path);
      const result = paths.map((path) => documents.get(path));
      if (transaction !== undefined) {
        open.rest(transaction, () =>
          same(
            result,
            paths.map((path) => documents.get(path)),
          ),
        );
      }
      return { result, readTime: clock.read() };
    },
    query: (query, transaction) => {
      const found = find(planned(query), transaction);
      return {
        result: found.map((document) => projected(document, query)),
        readTime: clock.read(),
      };
    },
    aggregate: (query, aggregations, transaction) => {
      const found = find(planned(query, aggregations), transaction);
      return { result: aggregate(found, aggregations), readTime: clock.read() };
    },
    commit: (writes, transaction) => {
      if (transaction !== undefined) open.finish(transaction, writes.length);
      return write(writes);
    },
    expire: () => {
      const paths = expired(documents, indexes ?? {}, clock.read());
      if (paths.length > 0) write(paths.map((path) => ({ kind: 'delete', path })));
      return paths.length;
    },
    begin: ({ readOnly = false } = {}) => open.begin(readOnly),
    rollback: (transaction) => open.end(transaction),
    collectionIds: (parent) => {
      checkParent(parent);
      const from = parent === '' ? 0 : parent.length + 1;
      const ids = new Set<string>();
      for (const collection of documents.below(parent)) {
        ids.add(collection.slice(from).split('/', 1)[0] ?? '');
      }
      return [...ids].sort(compareStrings);
    },
    missing: (collection) => {
      const paths = new Set<string>();
      for (const below of documents.below('')) {
        if (!below.startsWith(`${collection}/`)) continue;
        const [id = ''] = below.slice(collection.length + 1).split('/', 1);
        paths.add(`${collection}/${id}`);
      }
      return [...paths].filter((path) => !documents.get(path));
    },
    listen: (target, emit) => {
      const shaped = (snapshot: Snapshot): void =>
        emit('query' in target ? shape(snapshot, target.query) : snapshot);
      const watching = watcher(
        documents,
        nameOf,
        'documents' in target
          ? { kind: 'documents', paths: target.documents }
          : { kind: 'query', plan: planned(target.query) },
        clock.read(),
        shaped,
      );
      listeners.set(watching, shaped);
      return () => void listeners.delete(watching);
    },
  };
}

function shape(snapshot: Snapshot, query: Query): Snapshot {
  return { ...snapshot, changed: snapshot.changed.map((document) => projected(document, query)) };
}

/** Documents are never changed, so the same object is the same state. */
function same(a: readonly (Document | undefined)[], b: readonly (Document | undefined)[]): boolean {
  return a.length === b.length && a.every((document, i) => document === b[i]);
}
