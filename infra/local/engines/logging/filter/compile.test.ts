import { describe, expect, it } from 'vitest';
import { sinkFilter } from '../../../../sink-filter.ts';
import { EngineError } from '../../engine.ts';
import type { StoredEntry } from '../entry.ts';
import { compileFilter } from './compile.ts';

const at = Date.parse('2026-11-21T10:00:00.500Z');

const entry = (changes: Partial<StoredEntry> = {}): StoredEntry => ({
  logName: 'projects/demo/logs/run.googleapis.com%2Fstdout',
  resource: { type: 'cloud_run_job', labels: { job_name: 'drover-a', location: 'here' } },
  timestamp: at,
  insertId: 'abc',
  severity: 'WARNING',
  labels: { 'run.googleapis.com/execution_name': 'drover-a-x', run_id: 'A-1' },
  payload: { text: 'The Cat sat' },
  receivedAt: at,
  receivedNanos: 0,
  ...changes,
});
const json = entry({
  payload: {
    json: {
      size: 8,
      sizes: [8.5, 9, 6],
      ok: true,
      gone: null,
      user: { name: 'Ann' },
      'a.b': 'dotted',
      people: [{ age: 3 }, { age: 5 }],
    },
  },
});

const matches = (filter: string, of = entry()): boolean => compileFilter(filter)(of);

describe('comparisons', () => {
  it.each([
    'resource.type="cloud_run_job"',
    'resource.type = cloud_run_job',
    'resource.type="CLOUD_RUN_JOB"',
    'resource.type!="gce_instance"',
    'resource.labels.job_name="drover-a"',
    'resource.labels.job_name=drover-a',
    'labels."run.googleapis.com/execution_name"="drover-a-x"',
    'labels.run_id:a',
    'textPayload:"cat SAT"',
    'textPayload=~"^The C.t"',
    'textPayload=~"(?i)the cat"',
    'textPayload!~"^the"',
    'insertId>abb',
    'insertId<="abc"',
    'logName="projects/demo/logs/run.googleapis.com%2Fstdout"',
    'trace=""',
    '',
    ' -- a comment only',
  ])('selects: %s', (filter) => {
    expect(matches(filter)).toBe(true);
  });

  it.each([
    'resource.type="gce_instance"',
    'resource.labels.job_name="drover"',
    'resource.labels.job_name="drover-a-2"',
    'textPayload=~"^the"',
    'labels.RUN_ID:a',
    'jsonPayload.user="Ann"',
  ])('does not select: %s', (filter) => {
    expect(matches(filter)).toBe(false);
  });

  it.each([
    ['severity>=WARNING', true],
    ['severity>=warning', true],
    ['severity>=ERROR', false],
    ['severity<ERROR', true],
    ['severity=400', true],
    ['severity!=DEFAULT', true],
    ['severity=("INFO" OR "WARNING")', true],
  ])('severities are compared by rank: %s is %s', (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  it.each([
    ['timestamp>="2026-11-21T10:00:00.5Z"', true],
    ['timestamp>"2026-11-21T10:00:00.500Z"', false],
    ['timestamp>="2026-11-21T10:00:00.500001Z"', false],
    ['timestamp<"2026-11-21T12:00:00+01:00"', true],
    ['timestamp>="2026-11-21"', true],
    ['timestamp>="2026-11-22"', false],
    ['receiveTimestamp<="2026-11-21T10:00:00.500Z"', true],
  ])('times are compared as times: %s is %s', (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  it.each([
    ['jsonPayload.size=8', true],
    ['jsonPayload.size>=7.5', true],
    ['jsonPayload.size>-1', true],
    ['jsonPayload.size<8', false],
    ['jsonPayload.sizes<7', true],
    ['jsonPayload.sizes>9', false],
    ['jsonPayload.ok=true', true],
    ['jsonPayload.ok!=true', false],
    ['jsonPayload.ok>false', false],
    ['jsonPayload.gone=NULL_VALUE', true],
    ['jsonPayload.user.name:ann', true],
    ['jsonPayload."a.b"="dotted"', true],
    ['jsonPayload.people.age=5', true],
    ['jsonPayload.people.age=4', false],
  ])('fields of a payload have their own types: %s is %s', (filter, expected) => {
    expect(matches(filter, json)).toBe(expected);
  });
});

describe('missing fields', () => {
  it.each([
    ['jsonPayload.thing="x"', false],
    ['jsonPayload.thing!="x"', false],
    ['NOT jsonPayload.thing="x"', true],
    ['labels.thing=~"."', false],
    ['jsonPayload.thing:*', false],
    ['jsonPayload.size:*', true],
    ['textPayload:*', false],
    ['trace:*', false],
    ['labels:*', true],
  ])('%s is %s', (filter, expected) => {
    expect(matches(filter, json)).toBe(expected);
  });
});

describe('combinations', () => {
  const yes = 'insertId=abc';
  const no = 'insertId=x';

  it.each([
    [`${yes} AND ${yes}`, true],
    [`${yes} AND ${no}`, false],
    [`${yes} ${no}`, false],
    [`${yes}\n${yes}`, true],
    [`${no} OR ${yes}`, true],
    [`NOT ${no}`, true],
    [`-${no}`, true],
    [`NOT NOT ${yes}`, true],
    [`NOT (${yes} AND ${no})`, true],
    [`(${no} OR ${yes}) AND ${yes}`, true],
    ['insertId=("x" OR "abc")', true],
    ['textPayload:("cat" AND "sat")', true],
    ['textPayload:("cat" "dog")', false],
    ['textPayload:(NOT "dog")', true],
  ])('%s is %s', (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  it('OR binds tighter than AND, as nowhere else', () => {
    expect(matches(`${yes} OR ${yes} AND ${no}`)).toBe(false);
    expect(matches(`${yes} OR (${yes} AND ${no})`)).toBe(true);
  });
});

describe('a filter that Cloud Logging refuses', () => {
  const refusal = (filter: string): EngineError => {
    try {
      compileFilter(filter);
    } catch (error) {
      if (error instanceof EngineError) return error;
      throw error;
    }
    throw new Error(`accepted: ${filter}`);
  };

  it.each([
    ['severity>=', 'line 1, column 11'],
    ['insertId = abc:def', "line 1, column 15, token ':'"],
    ['insertId="abc', `line 1, column 10, token '"'`],
    ['(insertId=a', 'line 1, column 12'],
    ['insertId=a)', "line 1, column 11, token ')'"],
    ['insertId=a\nAND AND insertId=b', "line 2, column 5, token 'AND'"],
    ['insertId=a &', "line 1, column 12, token '&'"],
    ['thud="x"', 'line 1, column 1'],
    ['insertId=a textPayload.thud="x"', 'line 1, column 12'],
    ['timestamp>="yesterday"', 'line 1, column 1'],
    ['severity>=LOUD', 'line 1, column 1'],
    ['textPayload=~"("', 'line 1, column 1'],
    ['textPayload=~"a(?=b)"', 'line 1, column 1'],
    ['timestamp=~"2026"', 'line 1, column 1'],
  ])('is refused with its place: %s', (filter, place) => {
    const { code, message } = refusal(filter);
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message).toMatch(/^Unparseable filter: /);
    expect(message).toContain(place);
  });

  it('is refused beyond 20,000 characters', () => {
    expect(refusal(`insertId="${'a'.repeat(20_000)}"`).code).toBe('INVALID_ARGUMENT');
    expect(matches(`insertId="${'a'.repeat(19_000)}"`)).toBe(false);
  });

  it.each(['"cat"', 'cat', 'httpRequest.status=200', 'SEARCH("cat")'])(
    'what only Google can do is said to be missing here: %s',
    (filter) => {
      expect(refusal(filter).code).toBe('UNIMPLEMENTED');
    },
  );
});

describe('the filter of the sink', () => {
  const sink = compileFilter(sinkFilter('demo'));
  const log = (id: string): string => `projects/demo/logs/${encodeURIComponent(id)}`;
  const ended = (methodName: string): StoredEntry =>
    entry({
      logName: log('cloudaudit.googleapis.com/system_event'),
      labels: {},
      payload: { proto: { methodName } },
    });

  it.each(['stdout', 'stderr', 'varlog/system'])('takes what Cloud Run logs as %s', (name) => {
    expect(sink(entry({ logName: log(`run.googleapis.com/${name}`) }))).toBe(true);
  });

  it('takes the event that an execution ended, and no other event', () => {
    expect(sink(ended('/Jobs.RunJob'))).toBe(true);
    expect(sink(ended('/Jobs.DeleteJob'))).toBe(false);
  });

  it('takes nothing of other jobs, other logs and our own functions', () => {
    const labels = { job_name: 'nightly', location: 'here' };
    const service = { service_name: 'logs', job_name: 'drover-a' };
    expect(sink(entry({ resource: { type: 'cloud_run_job', labels } }))).toBe(false);
    expect(sink(entry({ logName: log('my-own') }))).toBe(false);
    expect(sink(entry({ resource: { type: 'cloud_run_revision', labels: service } }))).toBe(false);
  });
});
