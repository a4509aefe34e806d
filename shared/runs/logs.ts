import { hasCode, type Ports } from '../ports/index.ts';
import { longPartExpiryOf } from '../retention/days.ts';

/** A chunk of a run's log, `runs/<id>/logs/<time>-<n>`: lines in the order they arrived. */
export type LogChunk = {
  /** The document's own id, as a field: what readers page by, in either direction. */
  id: string;
  lines: LogLine[];
  expireAt: Date;
};

/** A line: readers order by `at` and `insertId`, and read a line that was delivered twice once. */
export type LogLine = {
  /** ISO time with nine decimals. */
  at: string;
  insertId: string;
  severity: string;
  text: string;
};

/** How long a line waits for others of its run to share its write, in ms. */
const gatherMs = 250;
/** A chunk is written early when it holds this much text, in UTF-16 units: Firestore's 1 MiB with room to spare. */
const chunkLength = 150_000;
/** Longest text of a line that is kept; the rest is in Cloud Logging, and the line says so. */
const longestLine = 100_000;

/** Longest id of a line that is kept: Google's own have some 20 characters, but a container may choose its own. */
const longestId = 100;

/** Gathers log lines by run for one function instance, so that many lines cost one write. */
export interface LogGatherer {
  /** Resolves when the line is in Firestore; only then may its message be acknowledged. */
  add(runId: string, line: LogLine): Promise<void>;
}

interface Pending {
  lines: LogLine[];
  length: number;
  written: Promise<void>;
  full: () => void;
}

export function createLogGatherer(ports: Pick<Ports, 'documents' | 'clock'>): LogGatherer {
  const pending = new Map<string, Pending>();

  const open = (runId: string): Pending => {
    let full = (): void => {};
    const filled = new Promise<void>((resolve) => {
      full = resolve;
    });
    const chunk: Pending = { lines: [], length: 0, full, written: Promise.resolve() };
    chunk.written = Promise.race([ports.clock.sleep(gatherMs), filled]).then(() => {
      if (pending.get(runId) === chunk) pending.delete(runId);
      return write(ports, runId, chunk.lines);
    });
    pending.set(runId, chunk);
    return chunk;
  };

  return {
    add: (runId, given) => {
      const line = bound(given);
      let chunk = pending.get(runId) ?? open(runId);
      if (chunk.length > 0 && chunk.length + line.text.length > chunkLength) {
        chunk.full();
        chunk = open(runId);
      }
      chunk.lines.push(line);
      chunk.length += line.text.length + longestId;
      return chunk.written;
    },
  };
}

function bound({ at, insertId, severity, text }: LogLine): LogLine {
  const excess = text.length - longestLine;
  const kept =
    excess > 0
      ? `${text.slice(0, longestLine).toWellFormed()} [${excess} more characters in Cloud Logging]`
      : text;
  return { at, insertId: insertId.slice(0, longestId).toWellFormed(), severity, text: kept };
}

/** Writes a chunk named after its first line, so that the same lines delivered again alone find it there. */
async function write(
  ports: Pick<Ports, 'documents' | 'clock'>,
  runId: string,
  lines: LogLine[],
): Promise<void> {
  const [first] = lines;
  if (!first) return;
  const id = `${first.at}-${first.insertId}`.replaceAll(/[^A-Za-z0-9-]/g, '_').slice(0, 400);
  const expireAt = longPartExpiryOf(ports.clock.now());
  const chunk: LogChunk = { id, lines, expireAt };
  const path = `runs/${runId}/logs/${id}`;
  try {
    await ports.documents.commit([{ op: 'create', path, data: chunk }]);
  } catch (error) {
    if (!hasCode(error, 'already_exists')) throw error;
    // The first line was delivered before; its companions of this time may be new.
    if (lines.length > 1) await write(ports, runId, lines.slice(1));
  }
}

/** A run's log so far: each line once, in order. Reads at most `limit` chunks. */
export async function readLog(
  { documents }: Pick<Ports, 'documents'>,
  runId: string,
  limit: number,
): Promise<LogLine[]> {
  const chunks = await documents.query<LogChunk>({ collection: `runs/${runId}/logs`, limit });
  const lines = new Map<string, LogLine>();
  for (const line of chunks.flatMap((chunk) => chunk.data.lines)) {
    lines.set(`${line.at} ${line.insertId}`, line);
  }
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}
