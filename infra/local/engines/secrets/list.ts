import { EngineError } from '../engine.ts';
import type { Listed, ListRequest } from './types.ts';

/** Largest page (ListSecretsRequest.page_size in service.proto), and what the service decides on when it is not asked. */
const maxPage = 25_000;
const defaultPage = 100;

/** One page of `all`, which has the highest rank first. @throws `INVALID_ARGUMENT` */
export function listed<T>(
  all: readonly { rank: number; item: T }[],
  passes: (item: T) => boolean,
  { filter = '', size = 0, token = '' }: ListRequest,
): Listed<T> {
  if (size < 0 || !/^\d*$/.test(token))
    throw new EngineError('INVALID_ARGUMENT', 'The page size or the page token is invalid.');
  const below = token === '' ? Number.POSITIVE_INFINITY : Number(token);
  const limit = size === 0 ? defaultPage : Math.min(size, maxPage);
  const rest = all.filter(({ rank, item }) => rank < below && passes(item));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    ...(last && rest.length > limit && { next: String(last.rank) }),
    total: filter === '' ? all.length : 0,
  };
}
