import { describe, expect, it } from 'vitest';
import { EngineError, memoryStore, type Store } from '../engine.ts';
import { createLoggingEngine, type LoggingEngine, type LoggingOptions } from './engine.ts';
import type { NewEntry } from './entry.ts';

const project = 'demo';
const start = Date.parse('2026-11-21T10:00:00Z');
const limit = 256 * 1024;
const day = 24 * 3600 * 1000;

interface Setup {
  engine: LoggingEngine;
  store: Store;
  advance(ms: number): void;
  exported: { topic: string; entry: { [field: string]: unknown }; attributes: object }[];
  reopen(): LoggingEngine;
}

function setup(options: Partial<LoggingOptions> = {}): Setup {
  const store = memoryStore();
  const exported: Setup['exported'] = [];
  let time = start;
  const open = (): LoggingEngine =>
    createLoggingEngine(
      { now: () => time, random: () => 0.5, store },
      {
        project,
        publish: (topic, { data, attributes }) => {
          exported.push({ topic, entry: JSON.parse(data.toString()), attributes });
        },
        ...options,
      },
    );
  const advance = (ms: number): void => {
    time += ms;
  };
  return { engine: open(), store, advance, exported, reopen: open };
}

const entry = (changes: Partial<NewEntry> = {}): NewEntry => ({
  logName: `projects/${project}/logs/run.googleapis.com%2Fstdout`,
  resource: { type: 'cloud_run_job', labels: { job_name: 'drover-a' } },
  timestamp: start,
  insertId: 'a',
  severity: 'INFO',
  labels: {},
  payload: { text: 'hello' },
  ...changes,
});

const ids = (engine: LoggingEngine, filter = '', orderBy = ''): (string | undefined)[] =>
  engine.list({ filter, orderBy }).entries.map(({ insertId }) => insertId);

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('writing', () => {
  it('orders by time and then by insert id, however entries come', () => {
    const { engine } = setup();
    for (const [insertId, offset] of [
      ['c', 2],
      ['b', 1],
      ['d', 2],
      ['a', 1],
    ] as const)
      engine.write(entry({ insertId, timestamp: start + offset }));
    expect(ids(engine)).toEqual(['a', 'b', 'c', 'd']);
    expect(ids(engine, '', 'timestamp desc')).toEqual(['d', 'c', 'b', 'a']);
  });

  it('keeps an entry once that is written twice', () => {
    const { engine } = setup();
    engine.write(entry());
    engine.write(entry({ payload: { text: 'again' } }));
    engine.write(entry({ timestamp: start + 1 }));
    expect(engine.list({}).entries.map(({ payload }) => payload)).toEqual([
      { text: 'hello' },
      { text: 'hello' },
    ]);
  });

  it('gives time and insert id to an entry that has none', () => {
    const { engine } = setup();
    const { timestamp, insertId, ...rest } = entry();
    engine.write(rest);
    const [kept] = engine.list({}).entries;
    expect(kept?.timestamp).toBe(start);
    expect(kept?.insertId).toMatch(/^[0-9a-z]{16}$/);
  });

  it('keeps the newest entries, also after a restart', () => {
    const { engine, store, reopen } = setup({ keep: 3 });
    for (const insertId of ['a', 'b', 'c', 'd', 'e']) engine.write(entry({ insertId }));
    expect(ids(engine)).toEqual(['c', 'd', 'e']);
    expect(store.entries('logging.entries')).toHaveLength(3);
    expect(ids(reopen())).toEqual(['c', 'd', 'e']);
  });

  it('does not list what is older than 30 days or more than a day ahead', () => {
    const { engine } = setup();
    const at = (insertId: string, timestamp: number): void =>
      engine.write(entry({ insertId, timestamp }));
    at('old', start - 30 * day - 1);
    at('a', start - 30 * day);
    at('b', start + day);
    at('new', start + day + 1);
    expect(ids(engine)).toEqual(['a', 'b']);
  });

  it.each<[string, Partial<NewEntry>, string]>([
    ['a payload over 256 KiB', { payload: { text: 'x'.repeat(limit + 1) } }, 'INVALID_ARGUMENT'],
    ['a payload of 256 KiB', { payload: { text: 'x'.repeat(limit) } }, 'accepted'],
    ['a log of another project', { logName: 'projects/other/logs/x' }, 'PERMISSION_DENIED'],
    ['a log name that is not encoded', { logName: `projects/demo/logs/a/b` }, 'INVALID_ARGUMENT'],
    ['no resource type', { resource: { type: '', labels: {} } }, 'INVALID_ARGUMENT'],
    [
      '65 labels',
      { labels: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`l${n}`, ''])) },
      'INVALID_ARGUMENT',
    ],
    ['a label of over 64 KiB', { labels: { a: 'x'.repeat(64 * 1024 + 1) } }, 'INVALID_ARGUMENT'],
  ])('%s: %3$s', (_, changes, expected) => {
    const { engine } = setup();
    expect(refusal(() => engine.write(entry(changes)))).toBe(expected);
  });

  it('keeps a warning of a line that is refused when the platform collects it', () => {
    const { engine } = setup();
    const label = { 'run.googleapis.com/execution_name': 'drover-a-x' };
    const labels = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`agent${n}`, '']));
    engine.ingest(entry({ insertId: 'a' }));
    engine.ingest(entry({ insertId: 'b', payload: { text: 'ü'.repeat(limit) }, labels: label }));
    engine.ingest(entry({ insertId: 'c', labels: { ...labels, ...label } }));
    const [good, ...bad] = engine.list({}).entries;
    expect(good?.payload).toEqual({ text: 'hello' });
    expect(bad).toHaveLength(2);
    for (const each of bad) {
      expect(each).toMatchObject({ severity: 'WARNING', labels: label, logName: good?.logName });
      expect(each.payload).toMatchObject({
        text: expect.stringMatching(/^A log entry was dropped/),
      });
    }
  });

  it('deletes a log, also from the store', () => {
    const { engine, store } = setup();
    const other = `projects/${project}/logs/other`;
    engine.write(entry());
    engine.write(entry({ logName: other }));
    expect(engine.logNames()).toEqual([other, entry().logName]);
    engine.deleteLog(other);
    expect(engine.logNames()).toEqual([entry().logName]);
    expect(store.entries('logging.entries')).toHaveLength(1);
    expect(refusal(() => engine.deleteLog(other))).toBe('NOT_FOUND');
  });
});

describe('listing', () => {
  const many = (): Setup => {
    const made = setup();
    for (let n = 100; n < 220; n += 1) made.engine.write(entry({ insertId: `i${n}` }));
    return made;
  };

  it.each(['timestamp asc', 'timestamp desc'])('pages through everything once: %s', (orderBy) => {
    const { engine } = many();
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = engine.list({ filter: 'severity=INFO', orderBy, pageSize: 50, pageToken });
      seen.push(...page.entries.map(({ insertId }) => insertId));
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    const expected = Array.from({ length: 120 }, (_, n) => `i${100 + n}`);
    expect(seen).toEqual(orderBy === 'timestamp desc' ? expected.reverse() : expected);
  });

  it('goes on where it was, whatever is written meanwhile', () => {
    const { engine } = many();
    const { nextPageToken = '' } = engine.list({ pageSize: 100 });
    engine.write(entry({ insertId: 'a' }));
    engine.write(entry({ insertId: 'z' }));
    const { entries } = engine.list({ pageSize: 100, pageToken: nextPageToken });
    expect(entries).toHaveLength(21);
    expect(entries[0]?.insertId).toBe('i200');
  });

  it('answers with 50 by default and 1,000 at most', () => {
    const { engine } = many();
    expect(engine.list({}).entries).toHaveLength(50);
    expect(refusal(() => engine.list({ pageSize: 1001 }))).toBe('INVALID_ARGUMENT');
    expect(refusal(() => engine.list({ pageSize: -1 }))).toBe('INVALID_ARGUMENT');
  });

  it('refuses a page token of other arguments, of another make, or of yesterday', () => {
    const { engine, advance } = many();
    const { nextPageToken = '' } = engine.list({ filter: 'severity=INFO' });
    const go = (filter: string, pageToken: string) => (): unknown =>
      engine.list({ filter, pageToken });
    expect(refusal(go('severity=INFO', nextPageToken))).toBe('accepted');
    expect(refusal(go('severity>=INFO', nextPageToken))).toBe('INVALID_ARGUMENT');
    expect(refusal(go('severity=INFO', 'made-up'))).toBe('INVALID_ARGUMENT');
    advance(day + 1);
    expect(refusal(go('severity=INFO', nextPageToken))).toBe('INVALID_ARGUMENT');
  });

  it('refuses an order other than by time', () => {
    const { engine } = setup();
    expect(refusal(() => engine.list({ orderBy: 'severity' }))).toBe('INVALID_ARGUMENT');
  });

  it('is refused beyond its reads a minute, and allowed again a minute later', () => {
    const { engine, advance } = setup({ readsPerMinute: 2 });
    engine.list({});
    advance(30_000);
    engine.list({});
    expect(refusal(() => engine.list({}))).toBe('RESOURCE_EXHAUSTED');
    advance(30_000);
    expect(refusal(() => engine.list({}))).toBe('accepted');
    expect(refusal(() => engine.list({}))).toBe('RESOURCE_EXHAUSTED');
  });
});

describe('sinks', () => {
  const sink = { name: 'logs', filter: 'severity>=INFO', destination: 'projects/demo/topics/logs' };

  it('exports what matches as the JSON that Google makes of it', () => {
    const { engine, exported } = setup();
    engine.createSink(sink);
    engine.write(entry({ severity: 'DEBUG' }));
    engine.write(
      entry({ timestamp: start + 1.5, labels: { run: '1' }, trace: 'projects/demo/traces/1' }),
    );
    expect(exported).toEqual([
      {
        topic: 'projects/demo/topics/logs',
        attributes: { 'logging.googleapis.com/timestamp': '2026-11-21T10:00:00.001500Z' },
        entry: {
          insertId: 'a',
          labels: { run: '1' },
          logName: 'projects/demo/logs/run.googleapis.com%2Fstdout',
          receiveTimestamp: '2026-11-21T10:00:00.000500Z',
          resource: { labels: { job_name: 'drover-a' }, type: 'cloud_run_job' },
          severity: 'INFO',
          textPayload: 'hello',
          timestamp: '2026-11-21T10:00:00.001500Z',
          trace: 'projects/demo/traces/1',
        },
      },
    ]);
  });

  it('leaves out the severity DEFAULT and empty labels, as proto3 JSON does', () => {
    const { engine, exported } = setup();
    engine.createSink({ ...sink, filter: '' });
    engine.write(entry({ severity: 'DEFAULT', payload: { json: { a: 1 } } }));
    expect(Object.keys(exported[0]?.entry ?? {})).toEqual([
      'insertId',
      'jsonPayload',
      'logName',
      'receiveTimestamp',
      'resource',
      'timestamp',
    ]);
  });

  it('exports an entry as often as it is written, and one too old to be listed', () => {
    const { engine, exported } = setup();
    engine.createSink(sink);
    engine.write(entry());
    engine.write(entry());
    engine.write(entry({ timestamp: start - 31 * day }));
    expect(exported).toHaveLength(3);
  });

  it('survives a restart', () => {
    const { engine, exported, reopen } = setup();
    engine.createSink(sink);
    const again = reopen();
    expect(again.sinks()).toEqual([sink]);
    again.write(entry());
    expect(exported).toHaveLength(1);
    expect(refusal(() => again.createSink(sink))).toBe('ALREADY_EXISTS');
    again.deleteSink('logs');
    expect(reopen().sinks()).toEqual([]);
    expect(refusal(() => again.deleteSink('logs'))).toBe('NOT_FOUND');
  });

  it('is refused with a bad filter', () => {
    const { engine } = setup();
    expect(refusal(() => engine.createSink({ ...sink, filter: 'thud=1' }))).toBe(
      'INVALID_ARGUMENT',
    );
    expect(engine.sinks()).toEqual([]);
  });

  it('logs that its topic is missing, and the writer notices nothing', () => {
    const publish = (topic: string): never => {
      throw new EngineError('NOT_FOUND', `Resource not found (resource=${topic}).`);
    };
    const { engine } = setup({ publish });
    engine.createSink({ ...sink, filter: '' });
    engine.write(entry());
    const [error] = engine.list({ filter: 'resource.type="logging_sink"' }).entries;
    expect(error?.logName).toBe('projects/demo/logs/logging.googleapis.com%2Fsink_error');
    expect(error?.resource.labels.name).toBe('logs');
    expect(ids(engine)).toHaveLength(2);
  });
});
