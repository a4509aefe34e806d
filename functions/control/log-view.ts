import { z } from '@hono/zod-openapi';
import type { LogLine } from '../../shared/runs/logs.ts';
import { parseObject } from '../http/json.ts';

/** Levels as Action Llama numbers them. */
export const levels: ReadonlyMap<string, number> = new Map([
  ['trace', 10],
  ['debug', 20],
  ['info', 30],
  ['warn', 40],
  ['error', 50],
  ['fatal', 60],
]);
/** What an entry has that does not say. */
export const info = 30;

/** Cloud Logging's severities on the same scale. */
const severities: ReadonlyMap<string, number> = new Map([
  ['DEBUG', 20],
  ['WARNING', 40],
  ['ERROR', 50],
  ['CRITICAL', 60],
  ['ALERT', 60],
  ['EMERGENCY', 60],
]);

/** A line of a log, for readers. */
export const logLine = z
  .object({
    at: z.string().openapi({ description: 'ISO time with nine decimals.' }),
    severity: z.string(),
    text: z.string(),
  })
  .openapi('LogLine');

export function lineOf({ at, severity, text }: LogLine): z.infer<typeof logLine> {
  return { at, severity, text };
}

/** An entry of a log as Action Llama's command line reads it. */
export const logEntry = z
  .looseObject({
    level: z.number(),
    time: z.number().openapi({ description: 'Ms since the epoch.' }),
    msg: z.string(),
    name: z.string(),
    instance: z.string(),
  })
  .openapi('LogEntry');

export type LogEntry = z.infer<typeof logEntry>;

/**
 * A line as such an entry: what a container of the agent contract logged, `{"_log":true,"level","msg",…}`, with its fields; any
 * other line as a message.
 */
export function entryOf(line: LogLine, agent: string, runId: string): LogEntry {
  const time = Date.parse(line.at);
  const bySeverity = severities.get(line.severity) ?? info;
  const said = line.text.startsWith('{') ? parseObject(line.text) : undefined;
  const base = { level: bySeverity, time, msg: line.text, name: agent, instance: runId };
  if (said?._log !== true) return base;
  const { _log, level, msg, ts, ...fields } = said;
  return {
    ...fields,
    ...base,
    level: typeof level === 'string' ? (levels.get(level) ?? bySeverity) : bySeverity,
    time: typeof ts === 'number' && Number.isFinite(ts) ? ts : time,
    msg: typeof msg === 'string' ? msg : line.text,
  };
}
