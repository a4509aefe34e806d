import { type EngineContext, EngineError } from '../engine.ts';
import { minuteQuota } from '../minute-quota.ts';
import { openArchive } from './archive.ts';
import { checkEntry, checkLogName, type NewEntry, type StoredEntry } from './entry.ts';
import { type ListRequest, type ListResponse, listPage } from './listing.ts';
import { openSinks, type Publish, type Sink } from './sinks.ts';

export interface LoggingOptions {
  project: string;
  /** How many of the newest entries are kept. Default: 20,000. */
  keep?: number;
  /** Calls of `list` in any 60 s. Default: 60, which Google does not raise (Logging quotas page). */
  readsPerMinute?: number;
  /** Where sinks export to. Default: nowhere, as with a topic that does not exist. */
  publish?: Publish;
}

/** Cloud Logging of one project: entries, sinks and the query language. */
export interface LoggingEngine {
  project: string;
  /**
   * Keeps an entry and exports it through the sinks. An entry that was written before is exported again, but kept once.
   * Throws INVALID_ARGUMENT (more than 256 KiB, bad log name) and PERMISSION_DENIED (another project).
   */
  write(entry: NewEntry): void;
  /**
   * Writes what the platform itself collects, such as the lines of a container, and never throws for its content:
   * nobody is there to be told. An entry that is refused is kept as a warning that says why.
   */
  ingest(entry: NewEntry): void;
  /** Throws what {@link LoggingEngine.write} would. */
  check(entry: NewEntry): void;
  /** Throws INVALID_ARGUMENT for a bad filter, order, page size or token; RESOURCE_EXHAUSTED. */
  list(request: ListRequest): ListResponse;
  /** The logs that have entries, sorted. */
  logNames(): string[];
  /** Throws NOT_FOUND. */
  deleteLog(logName: string): void;
  createSink(sink: Sink): void;
  deleteSink(name: string): void;
  sinks(): Sink[];
}

/** Entries older than `_Default` keeps them, or more than a day ahead, are exported but cannot be listed (log_entry.proto). */
const retentionMs = 30 * 24 * 3600 * 1000;
const aheadMs = 24 * 3600 * 1000;

export function createLoggingEngine(
  context: EngineContext,
  options: LoggingOptions,
): LoggingEngine {
  const { now, random, store } = context;
  const { project, keep = 20_000, readsPerMinute = 60, publish = nowhere } = options;
  const archive = openArchive(store, keep);
  const sinks = openSinks(store, publish);
  const reads = minuteQuota(() => readsPerMinute, now);
  const admitRead = (): void => {
    if (reads.take()) return;
    throw new EngineError(
      'RESOURCE_EXHAUSTED',
      "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute' of service 'logging.googleapis.com'.",
    );
  };

  const received = (entry: NewEntry): StoredEntry => ({
    ...entry,
    timestamp: entry.timestamp ?? now(),
    insertId: entry.insertId ?? randomId(random),
    receivedAt: Math.floor(now()),
    receivedNanos: Math.floor(random() * 1e6),
  });
  const check = (entry: NewEntry): void => checkEntry(entry, project);

  const write = (entry: NewEntry): void => {
    check(entry);
    const stored = received(entry);
    const age = now() - stored.timestamp;
    if (age <= retentionMs && age >= -aheadMs) archive.add(stored);
    for (const { sink, reason } of sinks.export(stored))
      archive.add(received(sinkError(project, sink, reason)));
  };

  return {
    project,
    check,
    write,
    ingest: (entry) => {
      try {
        write(entry);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        write(dropped(entry, error.message));
      }
    },
    list: (request) => {
      admitRead();
      return listPage(archive.entries(), request, now());
    },
    logNames: () => [...new Set(archive.entries().map(({ logName }) => logName))].sort(),
    deleteLog: (logName) => {
      checkLogName(logName, project);
      if (archive.remove(logName) === 0)
        throw new EngineError('NOT_FOUND', `Log ${logName} does not exist`);
    },
    createSink: sinks.create,
    deleteSink: sinks.delete,
    sinks: sinks.list,
  };
}

const nowhere: Publish = (topic) => {
  throw new EngineError('NOT_FOUND', `Resource not found (resource=${topic}).`);
};

function randomId(random: () => number): string {
  return Array.from({ length: 16 }, () => Math.floor(random() * 36).toString(36)).join('');
}

/** In place of an entry that is refused; of its labels only those that the platform itself sets. */
function dropped(entry: NewEntry, why: string): NewEntry {
  const own = Object.entries(entry.labels).filter(([key]) => key.startsWith('run.googleapis.com/'));
  return {
    ...entry,
    severity: 'WARNING',
    labels: Object.fromEntries(own),
    payload: { text: `A log entry was dropped: ${why}` },
  };
}

/** Google tells of a sink that cannot export in a log of its own; that entry is not exported in turn. */
function sinkError(project: string, sink: Sink, reason: string): NewEntry {
  const { name, destination } = sink;
  return {
    logName: `projects/${project}/logs/logging.googleapis.com%2Fsink_error`,
    resource: { type: 'logging_sink', labels: { project_id: project, name, destination } },
    severity: 'ERROR',
    labels: { error_code: 'topic_not_found' },
    payload: {
      text: `Cloud Logging sink configuration error in ${project}, sink ${name}: ${reason}`,
    },
  };
}
