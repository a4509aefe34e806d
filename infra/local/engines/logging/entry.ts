import { EngineError, type Json } from '../engine.ts';
import type { LogEntry } from '../log-entry.ts';

/** google.logging.type.LogSeverity, by name (log_severity.proto). */
export const severities = {
  DEFAULT: 0,
  DEBUG: 100,
  INFO: 200,
  NOTICE: 300,
  WARNING: 400,
  ERROR: 500,
  CRITICAL: 600,
  ALERT: 700,
  EMERGENCY: 800,
} as const;

export type Severity = keyof typeof severities;

/**
 * An entry as it is handed in. Every {@link LogEntry} is one; clients may use all of Google's severities, and leave time
 * and insert id to Cloud Logging.
 */
export type NewEntry = Omit<LogEntry, 'severity' | 'timestamp' | 'insertId'> & {
  severity: Severity;
  timestamp?: number;
  insertId?: string;
};

/** An entry as it is kept. */
export type StoredEntry = NewEntry & {
  timestamp: number;
  insertId: string;
  /** When it was handed in, in ms since the epoch. */
  receivedAt: number;
  /** The part of that time below the millisecond, in ns. */
  receivedNanos: number;
};

/** Largest entry, in bytes: approximate, says Google, so only the payload counts here (Logging quotas page). */
const maxEntryBytes = 256 * 1024;
/** Most labels of an entry, and longest key and value of one, in bytes (Logging quotas page). */
const maxLabels = 64;
const maxLabelKeyBytes = 512;
const maxLabelValueBytes = 64 * 1024;

/** Throws what Cloud Logging refuses an entry with. */
export function checkEntry(entry: NewEntry, project: string): void {
  checkLogName(entry.logName, project);
  if (entry.resource.type === '')
    throw new EngineError('INVALID_ARGUMENT', 'A monitored resource must be specified');
  const labels = Object.entries(entry.labels);
  if (labels.length > maxLabels)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `Log entry has ${labels.length} labels, more than the ${maxLabels} allowed`,
    );
  for (const [key, value] of labels) {
    if (Buffer.byteLength(key) > maxLabelKeyBytes || Buffer.byteLength(value) > maxLabelValueBytes)
      throw new EngineError(
        'INVALID_ARGUMENT',
        `Log entry label '${key.slice(0, 64)}' is too long`,
      );
  }
  const size = payloadBytes(entry);
  if (size > maxEntryBytes)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `Log entry with size ${(size / 1024).toFixed(1)}K exceeds maximum size of 256.0K`,
    );
}

function payloadBytes({ payload }: NewEntry): number {
  return Buffer.byteLength('text' in payload ? payload.text : JSON.stringify(payload));
}

/** A log's name: `projects/<project>/logs/<id>`, its id URL-encoded and under 512 characters (log_entry.proto). */
export function checkLogName(logName: string, project: string): void {
  const [, parent, id = ''] = /^projects\/([^/]+)\/logs\/([^/]+)$/.exec(logName) ?? [];
  if (parent === undefined || !/^(?:[\w.-]|%2[Ff])+$/.test(id) || id.length >= 512)
    throw new EngineError('INVALID_ARGUMENT', `Invalid log name: '${logName}'`);
  checkProject(parent, project);
}

/** The local cloud has one project; Google does not say whether another one exists. */
export function checkProject(named: string, project: string): void {
  if (named !== project)
    throw new EngineError(
      'PERMISSION_DENIED',
      `The caller does not have permission on project '${named}'`,
    );
}

/** What makes two entries of a project one and the same in a query (log_entry.proto, `insert_id`). */
export function identity(entry: Position): string {
  return `${entry.logName}|${entry.timestamp}|${entry.insertId}`;
}

/** Where an entry stands among the others. */
export type Position = Pick<StoredEntry, 'timestamp' | 'insertId' | 'logName'>;

/** Oldest first; equal times by insert id (logging.proto, `order_by`), then by log. */
export function compareEntries(a: Position, b: Position): number {
  return (
    a.timestamp - b.timestamp ||
    compareText(a.insertId, b.insertId) ||
    compareText(a.logName, b.logName)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** For the store, which knows only JSON. */
export function toRow(entry: StoredEntry): Json {
  return entry as unknown as Json;
}

export function fromRow(row: Json): StoredEntry {
  return row as unknown as StoredEntry;
}
