import type { Collections } from '../collections.ts';
import type { NameOf } from '../commit.ts';
import { documentName, masked, valueAt } from '../field-path.ts';
import { inOrder } from '../indexes/in-order.ts';
import { compare, comparePaths } from '../order.ts';
import { parentOf, place } from '../paths.ts';
import type { Cursor, Document, Order, Query } from '../types.ts';
import { reference } from '../values.ts';
import { type Test, test } from './filter.ts';
import type { Plan } from './plan.ts';

/** A plan made ready to look at documents. */
export interface Matcher {
  /** Whether a document is in the result, before offset and limit. */
  matches(document: Document): boolean;
  compare(a: Document, b: Document): number;
}

/** The documents that a plan answers with, in order, with all of their fields. */
export function run(documents: Collections, plan: Plan, nameOf: NameOf): Document[] {
  const { offset = 0, limit } = plan.query;
  const until = limit === undefined ? undefined : offset + limit;
  const matcher = matcherOf(plan, nameOf);
  const collections = [...selected(documents, plan.query)];
  const [only] = collections;
  const ordered =
    collections.length === 1 && only !== undefined
      ? inOrder(documents, only, plan, matcher, nameOf)
      : undefined;
  const found = ordered
    ? firstOf(ordered, matcher, until)
    : scanned(documents, collections, matcher).slice(0, until);
  return offset === 0 ? found : found.slice(offset);
}

function firstOf(
  ordered: Iterable<Document>,
  { matches }: Matcher,
  until: number | undefined,
): Document[] {
  const found: Document[] = [];
  if (until === 0) return found;
  for (const document of ordered) {
    if (!matches(document)) continue;
    found.push(document);
    if (found.length === until) break;
  }
  return found;
}

function scanned(
  documents: Collections,
  collections: readonly string[],
  { matches, compare: inOrderOf }: Matcher,
): Document[] {
  const found: Document[] = [];
  for (const collection of collections) {
    for (const document of documents.in(collection)) {
      if (matches(document)) found.push(document);
    }
  }
  return found.sort(inOrderOf);
}

/** What of a document a query's projection leaves. */
export function projected(document: Document, { select }: Query): Document {
  return select ? { ...document, fields: masked(document.fields, select) } : document;
}

export function matcherOf({ query, orders, summed = [] }: Plan, nameOf: NameOf): Matcher {
  const tests: Test[] = query.where ? [test(query.where, nameOf)] : [];
  for (const field of [...orders.map((order) => order.field), ...summed]) {
    if (field.text !== documentName.text) {
      tests.push((document) => valueAt(document.fields, field) !== undefined);
    }
  }
  const { startAt, endAt } = query;
  if (startAt) {
    tests.push((document) => {
      const difference = position(document, startAt, orders, nameOf);
      return startAt.before ? difference >= 0 : difference > 0;
    });
  }
  if (endAt) {
    tests.push((document) => {
      const difference = position(document, endAt, orders, nameOf);
      return endAt.before ? difference < 0 : difference <= 0;
    });
  }
  return {
    matches: (document) => {
      for (const holds of tests) if (!holds(document)) return false;
      return true;
    },
    compare: (a, b) => byOrders(a, b, orders),
  };
}

/** Whether a query looks into the collection that `path` is a document of. */
export function selects(query: Query, path: string): boolean {
  const { collection } = place(path);
  const parent = parentOf(collection);
  const id = collection.slice(parent === '' ? 0 : parent.length + 1);
  if (query.collection !== undefined && query.collection !== id) return false;
  if (!query.allDescendants) return parent === query.parent;
  return query.parent === '' || parent === query.parent || parent.startsWith(`${query.parent}/`);
}

function selected(documents: Collections, query: Query): Iterable<string> {
  const { parent, collection, allDescendants } = query;
  if (allDescendants) return documents.below(parent, collection);
  if (collection !== undefined) return [parent === '' ? collection : `${parent}/${collection}`];
  return [...documents.below(parent)].filter((path) => parentOf(path) === parent);
}

function byOrders(a: Document, b: Document, orders: readonly Order[]): number {
  for (const { field, direction } of orders) {
    const difference =
      field.text === documentName.text
        ? comparePaths(a.path, b.path)
        : compare(valueAt(a.fields, field) ?? null, valueAt(b.fields, field) ?? null);
    if (difference !== 0) return direction === 'asc' ? difference : -difference;
  }
  return 0;
}

/** Where a document stands to a cursor: negative before it, 0 at it, in the direction of the orders. */
function position(
  document: Document,
  cursor: Cursor,
  orders: readonly Order[],
  nameOf: NameOf,
): number {
  for (const [i, value] of cursor.values.entries()) {
    const order = orders[i];
    if (!order) break;
    const { field, direction } = order;
    const actual =
      field.text === documentName.text
        ? reference(nameOf(document.path))
        : (valueAt(document.fields, field) ?? null);
    const difference = compare(actual, value);
    if (difference !== 0) return direction === 'asc' ? difference : -difference;
  }
  return 0;
}
