import type { Data, Document, Ports, Query } from './ports/index.ts';

/** A place in a list that shows the newest first: right after this document. */
export interface Place {
  /** Its time, in ms since the epoch. */
  at: number;
  id: string;
}

/** What a list is made of. */
export interface NewestQuery {
  collection: string;
  where?: Query['where'];
  /** The field whose time orders the list. */
  time: string;
  limit: number;
  /** Where to go on; null: at the newest. */
  after: Place | null;
}

/** A page of a list. */
export interface NewestPage<T extends Data> {
  documents: Document<T>[];
  /** Where the next page begins; null at the end. */
  next: Place | null;
}

/** Documents of one millisecond that a page reads beyond its own, at first: one delivery admits up to a hundred runs at once. */
const firstExtra = 100;

/**
 * One page of a collection, the newest first. Firestore's times are finer than what is read of them, and one commit gives all of
 * its documents the same: so a page begins with the whole millisecond that the one before ended in, and passes over what that
 * one has shown. If the last document shown has gone, or no longer matches, its millisecond is shown again; nothing is left out.
 */
export async function newest<T extends Data>(
  { documents }: Pick<Ports, 'documents'>,
  { collection, where = [], time, limit, after }: NewestQuery,
): Promise<NewestPage<T>> {
  const before: Query['where'] = after ? [[time, '<', new Date(after.at + 1)]] : [];
  for (let extra = after ? firstExtra : 0; ; extra *= 4) {
    const most = limit + 1 + extra;
    const found = await documents.query<T>({
      collection,
      where: [...where, ...before],
      orderBy: [[time, 'desc']],
      limit: most,
    });
    const shownLast = found.findIndex(({ id }) => id === after?.id);
    const rest = found.slice(shownLast + 1);
    const end = found.at(-1);
    const isAll = found.length < most;
    // What was shown last may stand further down in its millisecond.
    const isWithin = after && shownLast < 0 && end && placeOf(end, time).at === after.at;
    if (!isAll && (rest.length <= limit || isWithin)) continue;
    const shown = rest.slice(0, limit);
    const last = shown.at(-1);
    return { documents: shown, next: rest.length > limit && last ? placeOf(last, time) : null };
  }
}

/** The place right after `document`. */
export function placeOf(document: Document<Data>, time: string): Place {
  const at = document.data[time];
  return { at: at instanceof Date ? at.getTime() : 0, id: document.id };
}
