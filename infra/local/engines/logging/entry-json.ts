import type { Json } from '../engine.ts';
import type { StoredEntry } from './entry.ts';
import { formatTime } from './times.ts';

/**
 * The LogEntry as a sink exports it: proto3 JSON with sorted keys, and without what has its default value, so an entry
 * of severity `DEFAULT` carries none.
 */
export function entryJson(entry: StoredEntry): { [field: string]: Json } {
  const { payload } = entry;
  const labels = Object.keys(entry.labels).length > 0 ? { labels: entry.labels } : {};
  return {
    insertId: entry.insertId,
    ...('json' in payload ? { jsonPayload: payload.json } : {}),
    ...labels,
    logName: entry.logName,
    ...('proto' in payload ? { protoPayload: payload.proto } : {}),
    receiveTimestamp: formatTime(entry.receivedAt, entry.receivedNanos),
    resource: { labels: entry.resource.labels, type: entry.resource.type },
    ...(entry.severity === 'DEFAULT' ? {} : { severity: entry.severity }),
    ...('text' in payload ? { textPayload: payload.text } : {}),
    timestamp: formatTime(entry.timestamp),
    ...(entry.trace === undefined ? {} : { trace: entry.trace }),
  };
}
