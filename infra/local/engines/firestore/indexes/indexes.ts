import type { Document } from '../types.ts';
import type { Shape } from './shape.ts';
import { type SortedIndex, sortedIndex } from './sorted-index.ts';

/** Indexes that one collection keeps: the one that was not used for longest goes. */
const mostIndexes = 16;

/** The indexes of every collection that is large enough to need one. */
export interface Indexes {
  /** The index of a shape over a collection, built when it is asked for first. */
  of(collection: string, shape: Shape, documents: ReadonlyMap<string, Document>): SortedIndex;
  replace(
    collection: string,
    id: string,
    before: Document | undefined,
    after: Document | undefined,
  ): void;
  /** A collection has become too small. */
  forget(collection: string): void;
}

export function createIndexes(): Indexes {
  /** By collection, then by shape; the one that was used last is last. */
  const kept = new Map<string, Map<string, SortedIndex>>();
  return {
    of: (collection, shape, documents) => {
      const own = kept.get(collection) ?? new Map<string, SortedIndex>();
      kept.set(collection, own);
      const found = own.get(shape.text) ?? sortedIndex(shape, documents);
      own.delete(shape.text);
      own.set(shape.text, found);
      const [oldest] = own.keys();
      if (own.size > mostIndexes && oldest !== undefined) own.delete(oldest);
      return found;
    },
    replace: (collection, id, before, after) => {
      for (const index of kept.get(collection)?.values() ?? []) index.replace(id, before, after);
    },
    forget: (collection) => void kept.delete(collection),
  };
}
