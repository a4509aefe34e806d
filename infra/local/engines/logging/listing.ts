import { createHash } from 'node:crypto';
import { EngineError } from '../engine.ts';
import { compareEntries, type Position, type StoredEntry } from './entry.ts';
import { compileFilter } from './filter/compile.ts';

/** A request of entries.list; what is left out or blank has Google's default. */
export interface ListRequest {
  filter?: string;
  orderBy?: string;
  pageSize?: number;
  pageToken?: string;
}

export interface ListResponse {
  entries: StoredEntry[];
  /** Absent on the last page. */
  nextPageToken?: string;
}

/** Default and largest page (logging.proto, `page_size`). */
const defaultPageSize = 50;
const maxPageSize = 1000;
/** How long a page token is good for (Logging quotas page). */
const tokenLifeMs = 24 * 3600 * 1000;

/** One page of `sorted` (oldest first). */
export function listPage(
  sorted: readonly StoredEntry[],
  request: ListRequest,
  now: number,
): ListResponse {
  const descending = parseOrder(request.orderBy ?? '');
  const pageSize = parsePageSize(request.pageSize ?? 0);
  const matches = compileFilter(request.filter ?? '');
  const after = request.pageToken ? openToken(request.pageToken, request, now) : undefined;

  const found: StoredEntry[] = [];
  for (let step = 0; step < sorted.length && found.length <= pageSize; step += 1) {
    const entry = sorted[descending ? sorted.length - 1 - step : step];
    if (!entry) continue;
    const order = after ? compareEntries(entry, after) : 0;
    if (after && (descending ? order >= 0 : order <= 0)) continue;
    if (matches(entry)) found.push(entry);
  }
  const entries = found.slice(0, pageSize);
  const last = entries.at(-1);
  if (found.length <= pageSize || !last) return { entries };
  return { entries, nextPageToken: sealToken(last, request, now) };
}

function parseOrder(orderBy: string): boolean {
  const order = orderBy.trim().replace(/\s+/g, ' ');
  if (order === '' || order === 'timestamp' || order === 'timestamp asc') return false;
  if (order === 'timestamp desc') return true;
  throw new EngineError(
    'INVALID_ARGUMENT',
    `Invalid order_by '${orderBy}': only 'timestamp asc' and 'timestamp desc' are permitted`,
  );
}

function parsePageSize(pageSize: number): number {
  if (pageSize < 0 || pageSize > maxPageSize)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `page_size must be between 0 and ${maxPageSize}, got ${pageSize}`,
    );
  return pageSize === 0 ? defaultPageSize : pageSize;
}

/** Where the next page begins, when the token was made, and for which arguments. */
type Token = Position & { at: number; of: string };

/** A token is bound to the arguments of the request that it continues. */
function argumentsOf({ filter = '', orderBy = '' }: ListRequest): string {
  return createHash('sha256').update(`${filter}\n${orderBy}`).digest('base64url').slice(0, 16);
}

function sealToken(last: Position, request: ListRequest, now: number): string {
  const { timestamp, insertId, logName } = last;
  const token: Token = { timestamp, insertId, logName, at: now, of: argumentsOf(request) };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function openToken(token: string, request: ListRequest, now: number): Position {
  const opened = parseToken(token);
  if (!opened || now - opened.at > tokenLifeMs)
    throw new EngineError('INVALID_ARGUMENT', 'page_token is invalid or has expired');
  if (opened.of !== argumentsOf(request))
    throw new EngineError(
      'INVALID_ARGUMENT',
      "page_token doesn't match arguments from the request",
    );
  return opened;
}

function parseToken(token: string): Token | undefined {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Token;
  } catch {
    return undefined;
  }
}
