import { EngineError } from '../engine.ts';

/** Which page of a list is asked for. */
export interface PageRequest {
  /** Default, and most: what the service allows. */
  size?: number;
  /** {@link Page.next} of the page before. */
  token?: string;
}

export interface Page<T> {
  items: T[];
  /** Asks for the next page, if there is one. */
  next?: string;
}

/** One page of `all`, which is in the order of names. @throws `INVALID_ARGUMENT` for a token that was not given here. */
export function pageOf<T extends { name: string }>(
  all: readonly T[],
  { size = 0, token = '' }: PageRequest,
  most: number,
): Page<T> {
  const after = Buffer.from(token, 'base64url').toString();
  if (size < 0 || Buffer.from(after).toString('base64url') !== token)
    throw new EngineError('INVALID_ARGUMENT', 'Invalid page size or page token.');
  const limit = size === 0 ? most : Math.min(size, most);
  const rest = all.filter(({ name }) => name > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (rest.length <= limit || !last) return { items };
  return { items, next: Buffer.from(last.name).toString('base64url') };
}
