import type { Json } from './engine.ts';

/** google.logging.v2.LogEntry, as far as the local cloud makes any. */
export interface LogEntry {
  /** `projects/<project>/logs/<url-encoded log id>`. */
  logName: string;
  resource: { type: string; labels: { [name: string]: string } };
  /** In ms since the epoch. */
  timestamp: number;
  /** Unique within log name and timestamp. */
  insertId: string;
  severity: 'DEFAULT' | 'DEBUG' | 'INFO' | 'NOTICE' | 'WARNING' | 'ERROR' | 'CRITICAL';
  labels: { [name: string]: string };
  /** Exactly one payload. */
  payload:
    | { text: string }
    | { json: { [key: string]: Json } }
    | { proto: { [key: string]: Json } };
  /** Cloud Trace resource name, when the entry belongs to a trace. */
  trace?: string;
}
