import type { z } from 'zod';
import type { Place } from '../../shared/newest.ts';
import { type LogPlace, logStart } from '../../shared/runs/read-log.ts';
import { type Refusal, refusal } from '../http/refusal.ts';

/** What ids of documents look like, wherever a cursor names one. */
const idPattern = /^[A-Za-z0-9_.:-]{1,500}$/;

/** A place as callers hand it back: opaque to them. */
export function cursorOf(place: Place | null): string | null {
  return place && encoded([place.at, place.id]);
}

/** The place that a cursor stands for; null for none. Refuses with 400 what is no cursor of ours. */
export function placeOfCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const [at, id, ...rest] = decoded(cursor);
  const isPlace = Number.isSafeInteger(at) && typeof id === 'string' && idPattern.test(id);
  // The latest time that Firestore and Date can hold.
  const isTime = typeof at === 'number' && at >= 0 && at < Date.UTC(9_999, 0);
  if (!isPlace || !isTime || rest.length > 0) throw badCursor();
  return { at, id };
}

/** A place in a log, as callers hand it back. */
export function logCursorOf(place: LogPlace): string {
  return encoded([place.chunk, place.line]);
}

/** The cursor of the beginning of every log. */
const start = 'start';

/** The place in a log that a cursor stands for; `start` is its beginning. Refuses with 400 what is no cursor of ours. */
export function placeOfLogCursor(cursor: string): LogPlace {
  if (cursor === start) return logStart;
  const [chunk, line, ...rest] = decoded(cursor);
  const isStart = chunk === logStart.chunk;
  const isChunk = typeof chunk === 'string' && (isStart || idPattern.test(chunk));
  const isLine = typeof line === 'number' && Number.isSafeInteger(line) && line >= 0;
  if (!isChunk || !isLine || rest.length > 0) throw badCursor();
  return { chunk, line };
}

/** Anything as a cursor. */
export function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** What a cursor of that kind stands for. Refuses with 400 what has not its shape. */
export function placeIn<T>(cursor: string, shape: z.ZodType<T>): T {
  const place = shape.safeParse(parsed(cursor));
  if (!place.success) throw badCursor();
  return place.data;
}

function decoded(cursor: string): unknown[] {
  const parts = parsed(cursor);
  return Array.isArray(parts) ? parts : [];
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function badCursor(): Refusal {
  return refusal('bad-request', 'cursor is not one that an answer gave');
}
