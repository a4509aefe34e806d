import { expect, test } from 'vitest';
import type { Google } from '../gcloud/google.ts';
import { followBuildLog } from './build-log.ts';

interface Entry {
  insertId: string;
  timestamp: string;
  textPayload?: string;
}

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const entry = (id: number, seconds = id, textPayload = `line ${id}`): Entry => ({
  insertId: String(id),
  timestamp: at(seconds),
  textPayload,
});

/** A log that grows, and what is asked of it. Answers with pages of two entries. */
function logOf(entries: Entry[]) {
  const filters: string[] = [];
  const google: Pick<Google, 'api'> = {
    api: async (_method, _url, body) => {
      const { filter, pageToken = '0' } = body as { filter: string; pageToken?: string };
      filters.push(filter);
      const since = /timestamp>="([^"]*)"/.exec(filter)?.[1] ?? '';
      const found = entries
        .filter(({ timestamp }) => timestamp >= since)
        .sort((one, other) => (one.timestamp < other.timestamp ? -1 : 1));
      const from = Number(pageToken);
      return {
        entries: found.slice(from, from + 2),
        ...(found.length > from + 2 ? { nextPageToken: String(from + 2) } : {}),
      };
    },
  };
  const gcloud = (): never => {
    throw new Error('nothing is asked of gcloud');
  };
  const log = followBuildLog({ ...google, gcloud }, 'acme-drover', { id: 'b1', createdAt: at(0) });
  return { log, filters };
}

test('each line comes once, however often and in how many pages the log is read', async () => {
  const entries = [1, 2, 3, 4, 5].map((id) => entry(id));
  const { log } = logOf(entries);
  expect(await log.next()).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 5']);
  expect(await log.next()).toEqual([]);
  entries.push(entry(6));
  expect(await log.next()).toEqual(['line 6']);
});

test('an entry that arrives after one that is newer is not lost', async () => {
  const entries = [entry(1), entry(9)];
  const { log } = logOf(entries);
  await log.next();
  entries.push(entry(5));
  expect(await log.next()).toEqual(['line 5']);
});

test('only what may still be new is asked for: a long log is read once', async () => {
  const { log, filters } = logOf([entry(1), entry(600)]);
  await log.next();
  await log.next();
  expect(filters.at(-1)).toContain(`timestamp>="${at(570)}"`);
});

test('it is the log of this build and of no other', async () => {
  const { log, filters } = logOf([]);
  await log.next();
  expect(filters[0]).toContain('resource.labels.build_id="b1"');
  expect(filters[0]).toContain('logName="projects/acme-drover/logs/cloudbuild"');
});

test('a line is what a terminal would show in the end', async () => {
  const { log } = logOf([
    entry(1, 1, '\u001b[32mdone\u001b[0m \u001b]0;title\u0007now'),
    entry(2, 2, '10 %\r50 %\r100 %\n\nnext\r\n'),
    { insertId: '3', timestamp: at(3) },
  ]);
  expect(await log.next()).toEqual(['done now', '100 %', 'next']);
});

test('a log of a million lines at once is told whole, with only a part in memory at a time', async () => {
  const most = 1_000_000;
  const text = Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n');
  let asked = 0;
  const google: Google = {
    gcloud: async () => undefined,
    api: async (_method, _url, body) => {
      const { pageToken = '0' } = body as { pageToken?: string };
      asked += 1;
      const from = Number(pageToken);
      const size = Math.min(1_000, most / 100 - from);
      const entries = Array.from({ length: size }, (_, at) => ({
        ...entry(from + at, 1, text),
      }));
      const next = from + size;
      return { entries, ...(next < most / 100 ? { nextPageToken: String(next) } : {}) };
    },
  };
  const log = followBuildLog(google, 'acme-drover', { id: 'b1', createdAt: at(0) });
  let told = 0;
  for (let lines = await log.next(); lines.length > 0; lines = await log.next()) {
    expect(lines.length).toBeLessThanOrEqual(10_000 + 100_000);
    told += lines.length;
  }
  expect(told).toBe(most);
  expect(asked).toBeLessThan(100);
});
