import type { Google } from '../gcloud/google.ts';

/** Most entries of one answer (Logging API, `entries.list`: 1 to 1,000), and lines after which a look ends: the rest comes with the next. */
const pageSize = 1_000;
const mostLines = 10_000;
/** How long an entry may come after one that is newer, in ms. Logging promises no order of arrival. */
const lateMs = 30_000;

/** Colours and the like, as programs print them for a terminal (ECMA-48, control sequences). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are taken out.
const sequences = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/** Reads a build's log while it is written. */
export interface BuildLog {
  /** Lines that have come since the last call, in order of their time; nothing for a terminal to act on but the text. */
  next(): Promise<string[]>;
}

/** The log of a build that writes it to Cloud Logging. Remembers what it has seen of the last half minute, and no more. */
export function followBuildLog(
  google: Google,
  project: string,
  { id, createdAt }: { id: string; createdAt: string },
): BuildLog {
  /** When each entry was written, in ms, by its id: those that a later call may be shown again. */
  const seen = new Map<string, number>();
  let newest = Date.parse(createdAt) || 0;

  const read = async (pageToken: string): Promise<{ entries?: Entry[]; nextPageToken?: string }> =>
    ((await google.api('POST', 'https://logging.googleapis.com/v2/entries:list', {
      resourceNames: [`projects/${project}`],
      filter: [
        `logName="projects/${project}/logs/cloudbuild"`,
        'resource.type="build"',
        `resource.labels.build_id="${id}"`,
        `timestamp>="${new Date(Math.max(0, newest - lateMs)).toISOString()}"`,
      ].join(' AND '),
      orderBy: 'timestamp asc',
      pageSize,
      ...(pageToken === '' ? {} : { pageToken }),
    })) ?? {}) as { entries?: Entry[]; nextPageToken?: string };

  return {
    next: async () => {
      const lines: string[] = [];
      let pageToken = '';
      while (lines.length < mostLines) {
        const { entries = [], nextPageToken = '' } = await read(pageToken);
        for (const { insertId = '', timestamp = '', textPayload } of entries) {
          const at = Date.parse(timestamp) || newest;
          if (seen.has(insertId)) continue;
          seen.set(insertId, at);
          newest = Math.max(newest, at);
          if (typeof textPayload === 'string') lines.push(...linesOf(textPayload));
        }
        pageToken = nextPageToken;
        if (pageToken === '') break;
      }
      for (const [known, at] of seen) if (at < newest - lateMs) seen.delete(known);
      return lines;
    },
  };
}

interface Entry {
  insertId?: string;
  timestamp?: string;
  textPayload?: unknown;
}

/** What a terminal would show in the end: of a line that was written over, its last version. */
function linesOf(text: string): string[] {
  return text
    .replace(sequences, '')
    .split('\n')
    .map((line) => line.trimEnd().split('\r').at(-1) ?? '')
    .filter((line) => line !== '');
}
