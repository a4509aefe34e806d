import type { LogQuery } from '../../../shared/runs/read-log.ts';
import { createGrep } from '../grep.ts';
import { entryOf, info, type LogEntry, levels } from '../log-view.ts';
import { bounded } from './words.ts';

/** A query for log entries, as it came. */
export interface LogParameters {
  lines?: string | undefined;
  after?: string | undefined;
  before?: string | undefined;
  grep?: string | undefined;
  level?: string | undefined;
}

/** Which entries are wanted, and how many. */
export interface EntryFilter {
  limit: number;
  /** Whatever began at this time, in ms since the epoch, or later has none of them. Default: no such time. */
  until?: number;
  keep(entries: readonly LogEntry[]): LogEntry[];
}

/** Latest time that Firestore and Date can hold. */
const latest = Date.UTC(9_999, 0);

/** Reads a query as Action Llama does: what is not given or no number does not matter, and levels begin at info. */
export function entryFilter({ lines, after, before, grep, level }: LogParameters): EntryFilter {
  const least = levels.get(level?.toLowerCase() ?? '') ?? bounded(level, info, 0, 100);
  const from = timeOf(after);
  const until = timeOf(before);
  const matches = grep ? createGrep(grep) : undefined;
  return {
    limit: bounded(lines, 200, 1, 2_000),
    ...(until === undefined ? {} : { until: bounded(before, until, 0, latest) }),
    keep: (entries) => {
      const wanted = entries.filter(
        ({ level, time }) =>
          level >= least &&
          (from === undefined || time > from) &&
          (until === undefined || time < until),
      );
      if (!matches) return wanted;
      const isMatch = matches(wanted.map((entry) => JSON.stringify(entry)));
      return wanted.filter((_entry, index) => isMatch[index]);
    },
  };
}

function timeOf(value: string | undefined): number | undefined {
  const time = Number.parseInt(value ?? '', 10);
  return Number.isNaN(time) ? undefined : time;
}

/** The same filter for the lines of a run's log. */
export function lineFilter(
  { keep }: EntryFilter,
  agent: string,
  runId: string,
): NonNullable<LogQuery['keep']> {
  return (lines) => {
    const entries = lines.map((line) => entryOf(line, agent, runId));
    const kept = new Set(keep(entries));
    return lines.filter((_line, index) => {
      const entry = entries[index];
      return entry !== undefined && kept.has(entry);
    });
  };
}
