import type { Data, Document, Documents, Query, Value } from '../../shared/ports/index.ts';

interface Reading {
  collection: string;
  where?: Query['where'];
  /** A field that every document has. */
  by: string;
  /** Documents a question. */
  pageSize: number;
}

/**
 * Every document that a query finds, one after the other, so that no more than a page is held. A page begins at the value that the one
 * before ended with, for others may have the same; what was answered already is not answered again.
 */
export async function* readAll<T extends Data>(
  documents: Documents,
  { collection, where = [], by, pageSize }: Reading,
): AsyncGenerator<Document<T>> {
  let from: Query['where'] = [];
  let known = new Set<string>();
  for (;;) {
    const limit = pageSize + known.size;
    const page: Document<T>[] = await documents.query<T>({
      collection,
      where: [...where, ...from],
      orderBy: [[by, 'asc']],
      limit,
    });
    yield* page.filter(({ id }) => !known.has(id));
    const last = page.at(-1)?.data[by];
    if (page.length < limit || last === undefined) return;
    from = [[by, '>=', last]];
    known = new Set(page.filter(({ data }) => isSame(data[by], last)).map(({ id }) => id));
  }
}

function isSame(one: Value | undefined, other: Value): boolean {
  return one instanceof Date && other instanceof Date
    ? one.getTime() === other.getTime()
    : one === other;
}
