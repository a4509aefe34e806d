import type { Ports, Query } from '../ports/index.ts';
import type { Delivery, Outcome } from './delivery.ts';

/** Which deliveries are wanted; what is left out does not matter. */
export interface DeliveryFilter {
  /** Name of a source that it was for, its own or another. */
  source?: string | undefined;
  /** The event's name, without its action. */
  event?: string | undefined;
  outcome?: Outcome | undefined;
  /** Most deliveries of a page, from 1 to {@link mostListed}. */
  limit: number;
  /** Where the page before ended, as its answer says. */
  cursor?: string | undefined;
}

export const mostListed = 200;

export interface ListedDelivery {
  id: string;
  delivery: Delivery;
}

export interface DeliveryPage {
  /** Newest first. */
  deliveries: ListedDelivery[];
  /** The cursor of the next page; null when this was the last. */
  next: string | null;
}

/**
 * The deliveries that the filter wants, newest first. A cursor names a place among all deliveries, not a number of them: those
 * that come in the meantime move nothing. Answers `bad_cursor` for one that this function did not give.
 */
export async function listDeliveries(
  { documents }: Pick<Ports, 'documents'>,
  { source, event, outcome, limit, cursor }: DeliveryFilter,
): Promise<DeliveryPage | 'bad_cursor'> {
  const after = cursor === undefined ? undefined : sortKeyOf(cursor);
  if (cursor !== undefined && after === undefined) return 'bad_cursor';
  const where: Query['where'] = [
    ...(source === undefined ? [] : [['sources', 'array-contains', source] as const]),
    ...(event === undefined ? [] : [['event', '==', event] as const]),
    ...(outcome === undefined ? [] : [['outcome', '==', outcome] as const]),
  ];
  const size = Math.max(1, Math.min(Math.trunc(limit) || 1, mostListed));
  // One more than is wanted tells whether there is another page.
  const found = await documents.query<Delivery>({
    collection: 'deliveries',
    where,
    orderBy: [['sortKey', 'desc']],
    ...(after === undefined ? {} : { startAfter: [after] }),
    limit: size + 1,
  });
  const page = found.slice(0, size);
  const last = page.at(-1);
  return {
    deliveries: page.map(({ id, data }) => ({ id, delivery: data })),
    next: last && found.length > size ? cursorOf(last.data.sortKey) : null,
  };
}

/** How many deliveries started no run, of those received at `since` (ms since the epoch) or later; counted no further than `limit`. */
export async function countUnanswered(
  { documents }: Pick<Ports, 'documents'>,
  since: number,
  limit: number,
): Promise<number> {
  return documents.count({
    collection: 'deliveries',
    where: [
      ['outcome', '==', 'nothing'],
      ['sortKey', '>=', new Date(since).toISOString()],
    ],
    orderBy: [['sortKey', 'desc']],
    limit,
  });
}

function cursorOf(sortKey: string): string {
  return Buffer.from(sortKey).toString('base64url');
}

function sortKeyOf(cursor: string): string | undefined {
  const sortKey = Buffer.from(cursor, 'base64url').toString();
  const isOurs = /^\d{4}-\d\d-\d\dT[\d:.]+Z [A-Za-z0-9._:-]+$/.test(sortKey);
  return isOurs && cursorOf(sortKey) === cursor ? sortKey : undefined;
}
