import { EngineError } from '../engines/engine.ts';
import type { LoggingEngine } from '../engines/logging/engine.ts';
import { checkProject } from '../engines/logging/entry.ts';
import { type EntryDefaults, type EntryMessage, readEntry, writeEntry } from './logging-entry.ts';
import { definition } from './protos.ts';
import type { Message, WireService } from './server.ts';

/** google.logging.v2.LoggingServiceV2: writing, listing and deleting; no tailing. */
export function loggingService(engine: LoggingEngine): WireService {
  return {
    definition: definition('google.logging.v2.LoggingServiceV2'),
    unary: {
      WriteLogEntries: (request) => write(engine, request as unknown as WriteRequest),
      ListLogEntries: (request) => list(engine, request as unknown as ListRequest),
      ListLogs: (request) => {
        checkParents(engine, [String(request.parent)]);
        return { logNames: engine.logNames(), nextPageToken: '' };
      },
      DeleteLog: (request) => {
        engine.deleteLog(String(request.logName));
        return {};
      },
    },
  };
}

interface WriteRequest extends EntryDefaults {
  entries: EntryMessage[];
  partialSuccess: boolean;
  dryRun: boolean;
}

interface ListRequest {
  resourceNames: string[];
  filter: string;
  orderBy: string;
  pageSize: number;
  pageToken: string;
}

/** All of the entries or none, unless the request asks for partial success; then the others, and the first refusal. */
function write(engine: LoggingEngine, request: WriteRequest): Message {
  const entries = request.entries.map((entry) => readEntry(entry, request));
  const refusals: EngineError[] = [];
  const accepted = entries.filter((entry) => {
    try {
      engine.check(entry);
      return true;
    } catch (error) {
      if (!(error instanceof EngineError) || !request.partialSuccess) throw error;
      refusals.push(error);
      return false;
    }
  });
  if (!request.dryRun) for (const entry of accepted) engine.write(entry);
  const [first] = refusals;
  if (first) throw first;
  return {};
}

function list(engine: LoggingEngine, request: ListRequest): Message {
  checkParents(engine, request.resourceNames);
  const { entries, nextPageToken = '' } = engine.list(request);
  return { entries: entries.map(writeEntry), nextPageToken };
}

/** At least one, and all of them this project. */
function checkParents(engine: LoggingEngine, names: readonly string[]): void {
  if (names.length === 0)
    throw new EngineError('INVALID_ARGUMENT', 'The request must have at least one resource name');
  for (const name of names) {
    const [, project] = /^projects\/([^/]+)$/.exec(name) ?? [];
    if (project === undefined)
      throw new EngineError('INVALID_ARGUMENT', `Invalid resource name: '${name}'`);
    checkProject(project, engine.project);
  }
}
