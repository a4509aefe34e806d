import { valueAt } from '../field-path.ts';
import { compare, compareStrings } from '../order.ts';
import type { Document } from '../types.ts';
import { isArray, type Value } from '../values.ts';
import type { Shape } from './shape.ts';
import { type SortedList, sortedList } from './sorted-list.ts';

/** One document at one place of an index. */
export interface Entry {
  keys: readonly Value[];
  /** Last segment of the document's name. */
  id: string;
}

/** The documents of one collection that have every field of a shape, in its order. */
export interface SortedIndex {
  entries: SortedList<Entry>;
  /** A document has changed, come or gone. */
  replace(id: string, before: Document | undefined, after: Document | undefined): void;
  /** How an entry's keys stand to as many values, in the index's order. */
  compareKeys(entry: Entry, values: readonly Value[]): number;
}

export function sortedIndex(
  shape: Shape,
  documents: Iterable<[id: string, document: Document]>,
): SortedIndex {
  const signs = [...(shape.items ? [1] : []), ...shape.fields.map(({ sign }) => sign)];
  const compareKeys: SortedIndex['compareKeys'] = ({ keys }, values) => {
    for (let i = 0; i < values.length; i += 1) {
      const difference = compare(keys[i] ?? null, values[i] ?? null);
      if (difference !== 0) return difference * (signs[i] ?? 1);
    }
    return 0;
  };
  const all: Entry[] = [];
  for (const [id, document] of documents) all.push(...entriesOf(shape, id, document));
  const entries = sortedList<Entry>(
    (a, b) => compareKeys(a, b.keys) || compareStrings(a.id, b.id) * shape.nameSign,
    all,
  );
  return {
    entries,
    compareKeys,
    replace: (id, before, after) => {
      if (before && after && sameKeys(shape, before, after)) return;
      if (before) for (const entry of entriesOf(shape, id, before)) entries.remove(entry);
      if (after) for (const entry of entriesOf(shape, id, after)) entries.add(entry);
    },
  };
}

function entriesOf({ items, fields }: Shape, id: string, { fields: values }: Document): Entry[] {
  const keys: Value[] = [];
  for (const { field } of fields) {
    const value = valueAt(values, field);
    if (value === undefined) return [];
    keys.push(value);
  }
  if (!items) return [{ keys, id }];
  const list = valueAt(values, items);
  if (!isArray(list)) return [];
  return distinct(list).map((item) => ({ keys: [item, ...keys], id }));
}

function distinct(list: readonly Value[]): Value[] {
  const items: Value[] = [];
  for (const item of list) {
    if (!items.some((other) => compare(item, other) === 0)) items.push(item);
  }
  return items;
}

/** Most commits change nothing that an index is ordered by. */
function sameKeys({ items, fields }: Shape, before: Document, after: Document): boolean {
  if (items && valueAt(before.fields, items) !== valueAt(after.fields, items)) return false;
  return fields.every(({ field }) => {
    const [was, is] = [valueAt(before.fields, field), valueAt(after.fields, field)];
    if (was === undefined || is === undefined) return was === is;
    return compare(was, is) === 0;
  });
}
