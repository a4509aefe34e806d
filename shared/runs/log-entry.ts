import { Permanent } from '../errors.ts';
import type { LogEntry } from '../ports/index.ts';
import { at, text } from '../webhooks/payload.ts';
import { runOfJob } from './names.ts';

/** What one entry of the log sink says of a run. */
export type SinkEntry =
  /** A line of the run's container, or of Cloud Run about it. */
  | { kind: 'line'; runId: string; entry: LogEntry }
  /** The execution is over (D7). */
  | { kind: 'ended'; runId: string }
  /** Not about a run of ours. */
  | { kind: 'foreign' };

/**
 * Reads a LogEntry as the sink exports it. The run is taken from the job's name, which Cloud Run wrote; nothing that the
 * container printed can name another run. Throws {@link Permanent} when what it printed cannot be kept as text.
 */
export function readSinkEntry(entry: unknown): SinkEntry {
  const runId = runOfJob(text(entry, 'resource', 'labels', 'job_name') ?? '');
  const logName = text(entry, 'logName');
  if (runId === undefined || logName === undefined) return { kind: 'foreign' };
  if (logName.endsWith('%2Fsystem_event')) return { kind: 'ended', runId };
  const written = Date.parse(text(entry, 'timestamp') ?? '');
  const insertId = text(entry, 'insertId');
  if (Number.isNaN(written) || insertId === undefined) return { kind: 'foreign' };
  const payload = at(entry, 'jsonPayload');
  return {
    kind: 'line',
    runId,
    entry: {
      at: written,
      insertId,
      severity: text(entry, 'severity') ?? 'DEFAULT',
      text: payload === undefined ? (text(entry, 'textPayload') ?? '') : asText(payload),
    },
  };
}

function asText(payload: unknown): string {
  try {
    return JSON.stringify(payload);
  } catch (error) {
    throw new Permanent('a log line is nested too deeply', { cause: error });
  }
}
