import { recordOf } from '../record-of.ts';
import type { Line } from './read-lines.ts';
import { clock } from './times.ts';

/** Severities that a person wants to see; others are as usual. */
const unusual: readonly string[] = ['WARNING', 'ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'];

/**
 * A line of a log for a person: when, how bad where it is, and the words. A line of the agent contract,
 * `{"_log":true,"level","msg",…}`, is its message with its fields.
 */
export function lineText({ at, severity, text }: Line, now: number): string {
  const bad = unusual.includes(severity) ? `${severity} ` : '';
  return `${clock(at, now)}  ${bad}${wordsOf(text)}`;
}

function wordsOf(text: string): string {
  if (!text.startsWith('{')) return text;
  let said: { readonly [field: string]: unknown };
  try {
    said = recordOf(JSON.parse(text));
  } catch {
    return text;
  }
  const { _log, level, msg, ts: _ts, ...fields } = said;
  if (_log !== true || typeof msg !== 'string') return text;
  const isUsual = level === undefined || level === 'info';
  const more = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [...(isUsual ? [] : [String(level)]), msg, ...more].join(' ');
}
