import { EngineError } from '../engine.ts';

/** Items a page, when the caller names no number and at most. */
const mostItems = 100;

export interface PageRequest {
  pageSize?: number;
  pageToken?: string;
}

/**
 * One page of `all`, ordered by `key`. The token holds the key of the last item seen, so that what is made or deleted
 * between two pages makes no other item appear twice or not at all.
 */
export function paged<T>(
  all: Iterable<T>,
  { pageSize = 0, pageToken = '' }: PageRequest,
  key: (item: T) => string,
): { items: T[]; nextPageToken: string } {
  if (pageSize < 0) throw new EngineError('INVALID_ARGUMENT', 'page_size must not be negative');
  const size = pageSize === 0 ? mostItems : Math.min(pageSize, mostItems);
  const after = pageToken === '' ? undefined : decode(pageToken);
  const rest = [...all]
    .map((item) => ({ item, at: key(item) }))
    .filter(({ at }) => after === undefined || at > after)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    nextPageToken: last && rest.length > size ? encode(last.at) : '',
  };
}

const marker = 'after:';

function encode(key: string): string {
  return Buffer.from(marker + key).toString('base64url');
}

function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(marker)) throw new EngineError('INVALID_ARGUMENT', 'page_token is invalid');
  return text.slice(marker.length);
}
