import type { Json } from '../engines/engine.ts';
import type { LogEntry } from '../engines/log-entry.ts';

type Severity = LogEntry['severity'];

const severities: { readonly [word: string]: Severity } = {
  default: 'DEFAULT',
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  notice: 'NOTICE',
  warn: 'WARNING',
  warning: 'WARNING',
  err: 'ERROR',
  error: 'ERROR',
  critical: 'CRITICAL',
  fatal: 'CRITICAL',
  alert: 'CRITICAL',
  emergency: 'CRITICAL',
};

const prefix = 'logging.googleapis.com/';

/** What a line says of its own entry. */
export type LineEntry = Pick<LogEntry, 'severity' | 'payload'> & {
  labels: { [name: string]: string };
  timestamp?: number;
  trace?: string;
};

/**
 * The entry that Cloud Run makes of a line (Cloud Run documentation, "Special JSON fields"): a JSON object becomes the
 * payload less the fields that Logging has a place for, anything else is text. `level` gives the severity of a line
 * without `severity`, and stays in the payload.
 */
export function entryOf(line: string): LineEntry {
  const object = parseObject(line);
  if (!object) return { severity: 'DEFAULT', payload: { text: line }, labels: {} };
  const { severity, time, ...rest } = object;
  const special: { [field: string]: Json } = {};
  for (const key of Object.keys(rest)) {
    if (!key.startsWith(prefix)) continue;
    special[key.slice(prefix.length)] = rest[key] ?? null;
    delete rest[key];
  }
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (time !== undefined && !Number.isFinite(at)) rest.time = time;
  const entry: LineEntry = {
    severity: severityOf(severity) ?? severityOf(rest.level) ?? 'DEFAULT',
    payload: onlyMessage(rest) ?? { json: rest },
    labels: stringsOf(special.labels),
  };
  if (Number.isFinite(at)) entry.timestamp = at;
  if (typeof special.trace === 'string') entry.trace = special.trace;
  return entry;
}

function parseObject(line: string): { [key: string]: Json } | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  try {
    const value = JSON.parse(line) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function severityOf(word: Json | undefined): Severity | undefined {
  if (typeof word !== 'string') return undefined;
  const known = word.toLowerCase();
  return Object.hasOwn(severities, known) ? severities[known] : undefined;
}

/** A message that is left alone is text, not an object. */
function onlyMessage(rest: { [key: string]: Json }): { text: string } | undefined {
  const { message } = rest;
  return typeof message === 'string' && Object.keys(rest).length === 1
    ? { text: message }
    : undefined;
}

function stringsOf(value: Json | undefined): { [name: string]: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
