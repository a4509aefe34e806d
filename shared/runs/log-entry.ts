import { Permanent } from '../errors.ts';
import { at, text } from '../json.ts';
import { type ContractLine, readContractLine } from './contract-line.ts';
import type { LogLine } from './logs.ts';
import { runOfJob } from './names.ts';

/** What one entry of the log sink says of a run. */
export type SinkEntry =
  /** A line of the run's container, or of Cloud Run about it. */
  | { kind: 'line'; runId: string; line: LogLine; says: ContractLine | undefined }
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
  const written = sortable(text(entry, 'timestamp') ?? '');
  const insertId = text(entry, 'insertId');
  if (written === undefined || insertId === undefined) return { kind: 'foreign' };
  const payload = at(entry, 'jsonPayload');
  return {
    kind: 'line',
    runId,
    line: {
      at: written,
      insertId,
      severity: text(entry, 'severity') ?? 'DEFAULT',
      text: payload === undefined ? (text(entry, 'textPayload') ?? '') : asText(payload),
    },
    says: readContractLine(payload, written),
  };
}

/** A time of Google's with all of its nine decimals, so that lines of one millisecond keep their order. */
function sortable(timestamp: string): string | undefined {
  const [, seconds, decimals = ''] = /^([\d-]+T[\d:]+)(?:\.(\d{1,9}))?Z$/.exec(timestamp) ?? [];
  if (seconds === undefined || Number.isNaN(Date.parse(timestamp))) return undefined;
  return `${seconds}.${decimals.padEnd(9, '0')}Z`;
}

function asText(payload: unknown): string {
  try {
    return JSON.stringify(payload);
  } catch (error) {
    throw new Permanent('a log line is nested too deeply', { cause: error });
  }
}
