import type { Json, Store } from '../engine.ts';
import { decodeFields, encodeFields } from './encode.ts';
import { createIndexes } from './indexes/indexes.ts';
import type { Shape } from './indexes/shape.ts';
import type { SortedIndex } from './indexes/sorted-index.ts';
import { collectionId, parentOf, place } from './paths.ts';
import type { Document, Micros } from './types.ts';

/** Every document there is, by collection, each with its row in the store. */
export interface Collections {
  get(path: string): Document | undefined;
  put(document: Document): void;
  delete(path: string, at: Micros): void;
  /** The documents of one collection, in no order. */
  in(collection: string): Iterable<Document>;
  /** Documents of one collection by their ids; undefined when there are none. */
  byId(collection: string): ReadonlyMap<string, Document> | undefined;
  /** An index over one collection; undefined when the collection is so small that looking at all of it costs less. */
  index(collection: string, shape: Shape): SortedIndex | undefined;
  /** Paths of the collections that hold documents, at any depth below `parent`; of one id when it is given. */
  below(parent: string, id?: string): Iterable<string>;
  /** The latest commit that the store knows of. */
  lastCommit: Micros;
}

const documentsTable = 'firestore-documents';
/** The latest delete leaves no document to read its time from. */
const clockTable = 'firestore-clock';

/** `indexFrom`: documents that a collection has before its queries use an index. */
export function collections(store: Store, indexFrom: number): Collections {
  const byPath = new Map<string, Map<string, Document>>();
  const byId = new Map<string, Set<string>>();
  const indexes = createIndexes();

  const put = (document: Document): void => {
    const { collection, id } = place(document.path);
    let documents = byPath.get(collection);
    if (!documents) {
      documents = new Map();
      byPath.set(collection, documents);
      const group = byId.get(collectionId(collection)) ?? new Set();
      byId.set(collectionId(collection), group.add(collection));
    }
    indexes.replace(collection, id, documents.get(id), document);
    documents.set(id, document);
  };
  const remove = (path: string): void => {
    const { collection, id } = place(path);
    const documents = byPath.get(collection);
    indexes.replace(collection, id, documents?.get(id), undefined);
    documents?.delete(id);
    if (documents && documents.size < indexFrom) indexes.forget(collection);
    if (documents?.size !== 0) return;
    byPath.delete(collection);
    const group = byId.get(collectionId(collection));
    group?.delete(collection);
    if (group?.size === 0) byId.delete(collectionId(collection));
  };

  let lastCommit = 0;
  for (const [path, row] of store.entries(documentsTable)) {
    const document = fromRow(path, row);
    lastCommit = Math.max(lastCommit, document.updateTime);
    put(document);
  }
  for (const [, at] of store.entries(clockTable)) lastCommit = Math.max(lastCommit, Number(at));

  return {
    lastCommit,
    get: (path) => {
      const { collection, id } = place(path);
      return byPath.get(collection)?.get(id);
    },
    put: (document) => {
      put(document);
      store.put(documentsTable, document.path, () => toRow(document));
    },
    delete: (path, at) => {
      remove(path);
      store.delete(documentsTable, path);
      store.put(clockTable, 'last-delete', at);
    },
    in: (collection) => byPath.get(collection)?.values() ?? [],
    byId: (collection) => byPath.get(collection),
    index: (collection, shape) => {
      const documents = byPath.get(collection);
      return documents && documents.size >= indexFrom
        ? indexes.of(collection, shape, documents)
        : undefined;
    },
    *below(parent, id) {
      const candidates = id === undefined ? byPath.keys() : (byId.get(id) ?? []);
      for (const collection of candidates) {
        if (isBelow(parentOf(collection), parent)) yield collection;
      }
    },
  };
}

/** Whether `path` is `ancestor` or lies below it; everything lies below the root. */
function isBelow(path: string, ancestor: string): boolean {
  return ancestor === '' || path === ancestor || path.startsWith(`${ancestor}/`);
}

function toRow(document: Document): Json {
  return {
    created: document.createTime,
    updated: document.updateTime,
    fields: encodeFields(document.fields),
  };
}

function fromRow(path: string, row: Json): Document {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new Error(`not a stored document: ${path}`);
  }
  const { created, updated, fields = null } = row;
  return {
    path,
    fields: decodeFields(fields),
    createTime: Number(created),
    updateTime: Number(updated),
  };
}
