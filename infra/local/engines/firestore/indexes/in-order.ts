import type { Collections } from '../collections.ts';
import type { NameOf } from '../commit.ts';
import type { Plan } from '../query/plan.ts';
import type { Document } from '../types.ts';
import { rangeOf } from './range.ts';
import { useOf } from './shape.ts';

/**
 * The documents of one collection that may match a plan, each once and in its order: all that match are among them.
 * Undefined when the collection has no indexes.
 */
export function inOrder(
  documents: Collections,
  collection: string,
  plan: Plan,
  { compare }: { compare(a: Document, b: Document): number },
  nameOf: NameOf,
): Iterable<Document> | undefined {
  const there = documents.byId(collection);
  if (!there) return undefined;
  const streams: Iterable<Document>[] = [];
  for (const filters of plan.disjuncts) {
    const use = useOf(filters, plan.orders);
    const index = documents.index(collection, use.shape);
    if (!index) return undefined;
    const { from, to } = rangeOf(index, use, filters, plan, nameOf(collection));
    streams.push(documentsOf(index.entries.between(from, to, use.backwards), there));
  }
  const [only] = streams;
  return streams.length === 1 && only ? only : merged(streams, compare);
}

function* documentsOf(
  entries: Iterable<{ id: string }>,
  documents: ReadonlyMap<string, Document>,
): Iterable<Document> {
  for (const { id } of entries) {
    const document = documents.get(id);
    if (document) yield document;
  }
}

/** One stream of several in the same order, in which a document may occur once each. */
function* merged(
  streams: readonly Iterable<Document>[],
  compare: (a: Document, b: Document) => number,
): Iterable<Document> {
  const heads: { next: Document; rest: Iterator<Document> }[] = [];
  for (const stream of streams) {
    const rest = stream[Symbol.iterator]();
    const { value, done } = rest.next();
    if (!done) heads.push({ next: value, rest });
  }
  let last: Document | undefined;
  while (heads.length > 0) {
    let least = 0;
    for (let i = 1; i < heads.length; i += 1) {
      const [one, best] = [heads[i], heads[least]];
      if (one && best && compare(one.next, best.next) < 0) least = i;
    }
    const head = heads[least];
    if (!head) return;
    if (head.next !== last) yield head.next;
    last = head.next;
    const { value, done } = head.rest.next();
    if (done) heads.splice(least, 1);
    else head.next = value;
  }
}
