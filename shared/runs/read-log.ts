import type { Document, Ports } from '../ports/index.ts';
import type { LogChunk, LogLine } from './logs.ts';

/** A place in a run's log: before line `line` of a chunk, counted from 0 in the chunk's order. */
export interface LogPlace {
  chunk: string;
  line: number;
}

/** What of a run's log is wanted. */
export interface LogQuery {
  /** Lines after this place, the oldest first; or those before it; or, without either, the last ones. */
  from?: { after: LogPlace } | { before: LogPlace };
  /** Most lines. */
  limit: number;
  /** Which of a chunk's lines are wanted. Default: all. */
  keep?(lines: readonly LogLine[]): readonly LogLine[];
}

/** Some lines of a run's log, in order. */
export interface LogPage {
  lines: LogLine[];
  /** Before the first of them: where what came earlier ends; null at the beginning of the log. */
  start: LogPlace | null;
  /** After the last of them: where what comes later begins; null while there is no log. */
  end: LogPlace | null;
  /** Whether there are more lines in the direction that was read in. */
  more: boolean;
}

/** Chunks that are read at once. */
const batch = 20;
/** Chunks that a page looks at, at most: it may then have fewer lines than asked for. */
const mostChunks = 200;

/** The beginning of every log. */
export const logStart: LogPlace = { chunk: '', line: 0 };

/** The chunks of a run's log from this one on, in the order of their ids, which begin with the time of their first line. */
export async function chunksFrom(
  { documents }: Pick<Ports, 'documents'>,
  runId: string,
  chunk: string,
  limit: number,
): Promise<Document<LogChunk>[]> {
  return documents.query<LogChunk>({
    collection: `runs/${runId}/logs`,
    where: [['id', '>=', chunk]],
    orderBy: [['id', 'asc']],
    limit,
  });
}

/** A chunk's lines, each once, in the order in which they were written. */
export function linesOf({ lines }: LogChunk): LogLine[] {
  const once = new Map(lines.map((line) => [keyOf(line), line]));
  return [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}

function keyOf({ at, insertId }: LogLine): string {
  return `${at} ${insertId}`;
}

/**
 * A page of a run's log. Places are by chunk, and a chunk never changes once it is written: going on from a place shows every
 * line once that was there. Lines of a page stand in the order they were written in.
 */
export async function readLogPage(
  ports: Pick<Ports, 'documents'>,
  runId: string,
  query: LogQuery,
): Promise<LogPage> {
  const { from } = query;
  if (from && 'after' in from) return readOn(ports, runId, from.after, query);
  return readBack(ports, runId, from?.before, query);
}

async function readOn(
  ports: Pick<Ports, 'documents'>,
  runId: string,
  after: LogPlace,
  { limit, keep = (lines) => lines }: LogQuery,
): Promise<LogPage> {
  const page: LogPage = { lines: [], start: after, end: after, more: true };
  for (let looked = 0; looked < mostChunks; looked += batch) {
    const from = page.end ?? after;
    const chunks = await chunksFrom(ports, runId, from.chunk, batch);
    for (const { id, data } of chunks) {
      const all = linesOf(data);
      const skipped = id === from.chunk ? from.line : 0;
      const kept = keep(all.slice(skipped));
      const taken = kept.slice(0, limit - page.lines.length);
      page.lines.push(...taken);
      const last = taken.at(-1);
      const isCut = taken.length < kept.length;
      page.end = { chunk: id, line: isCut ? (last ? all.indexOf(last) + 1 : skipped) : all.length };
      if (isCut) return sorted(page);
    }
    if (chunks.length < batch) {
      page.more = false;
      break;
    }
  }
  return sorted(page);
}

async function readBack(
  { documents }: Pick<Ports, 'documents'>,
  runId: string,
  before: LogPlace | undefined,
  { limit, keep = (lines) => lines }: LogQuery,
): Promise<LogPage> {
  const page: LogPage = { lines: [], start: before ?? null, end: before ?? null, more: true };
  for (let looked = 0; looked < mostChunks; looked += batch) {
    const from = page.start;
    const chunks = await documents.query<LogChunk>({
      collection: `runs/${runId}/logs`,
      ...(from ? { where: [['id', '<=', from.chunk]] as const } : {}),
      orderBy: [['id', 'desc']],
      limit: batch,
    });
    for (const { id, data } of chunks) {
      const all = linesOf(data);
      page.end ??= { chunk: id, line: all.length };
      const kept = keep(id === from?.chunk ? all.slice(0, from.line) : all);
      const room = limit - page.lines.length;
      const taken = room > 0 ? kept.slice(-room) : [];
      page.lines.push(...taken);
      const isCut = taken.length < kept.length;
      const [first] = taken;
      if (!isCut) page.start = { chunk: id, line: 0 };
      else if (first) page.start = { chunk: id, line: all.indexOf(first) };
      if (isCut) return sorted(page);
    }
    if (chunks.length < batch) {
      page.more = false;
      page.start = null;
      break;
    }
  }
  return sorted(page);
}

function sorted(page: LogPage): LogPage {
  return { ...page, lines: linesOf({ id: '', lines: page.lines, expireAt: new Date(0) }) };
}
