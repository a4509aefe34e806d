import type { Logging } from '@google-cloud/logging';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clients } from '../../../shared/cloud/clients.ts';
import { memoryStore } from '../engines/engine.ts';
import { createLoggingEngine, type LoggingEngine } from '../engines/logging/engine.ts';
import { callCounter } from './calls.ts';
import { type Faults, faultTable } from './faults.ts';
import { loggingService } from './logging.ts';
import { serve, type WireServer } from './server.ts';

const project = 'demo-drover';
const parent = `projects/${project}`;
const logName = `${parent}/logs/run.googleapis.com%2Fstdout`;
const resource = { type: 'cloud_run_job', labels: { job_name: 'drover-a' } };

let engine: LoggingEngine;
let faults: Faults;
let server: WireServer;
let logging: Logging;

beforeAll(async () => {
  const context = { now: Date.now, random: Math.random, store: memoryStore() };
  engine = createLoggingEngine(context, { project, readsPerMinute: 1000 });
  faults = faultTable();
  server = await serve([loggingService(engine)], 0, { calls: callCounter(), faults });
  logging = await clients({
    project,
    endpoint: `127.0.0.1:${server.port}`,
  }).logging();
});
afterAll(async () => {
  await logging.loggingService.close();
  await server.close();
});
beforeEach(() => {
  for (const name of engine.logNames()) engine.deleteLog(name);
});

const read = async (filter = `logName="${logName}"`) =>
  (await logging.getEntries({ filter, orderBy: 'timestamp asc' }))[0];

describe("Google's logging client", () => {
  it('reads back what it wrote', async () => {
    const log = logging.log('run.googleapis.com/stdout', { removeCircular: true });
    const timestamp = new Date(Date.now() - 1000);
    const labels = { 'run.googleapis.com/execution_name': 'drover-a-x' };
    const data = { text: 'ü', list: [1, 'two', null, false, { three: 3.5 }], empty: {} };
    await log.write([
      log.entry({ resource, labels, severity: 'ALERT', timestamp, insertId: 'b' }, 'line'),
      log.entry({ resource, timestamp, insertId: 'c', trace: `${parent}/traces/1` }, data),
    ]);
    const [first, second] = await read();
    expect(first?.data).toBe('line');
    expect(first?.metadata).toMatchObject({
      logName,
      resource,
      labels,
      severity: 'ALERT',
      timestamp,
      insertId: 'b',
    });
    expect(first?.metadata.receiveTimestamp).toMatchObject({ seconds: expect.anything() });
    expect(second?.data).toEqual(data);
    expect(second?.metadata).toMatchObject({ severity: 'DEFAULT', trace: `${parent}/traces/1` });
  });

  it('pages by itself', async () => {
    for (let count = 0; count < 130; count += 1)
      engine.write({
        logName,
        resource,
        severity: 'INFO',
        labels: {},
        payload: { text: String(count) },
        insertId: String(1000 + count),
        timestamp: Date.now(),
      });
    const entries = await read();
    expect(entries.map(({ data }) => data)).toEqual(
      Array.from({ length: 130 }, (_, count) => String(count)),
    );
  });

  it('reads an audit entry, whose payload is a protobuf message', async () => {
    const proto = { methodName: '/Jobs.RunJob', status: { message: 'done' } };
    engine.write({ logName, resource, severity: 'INFO', labels: {}, payload: { proto } });
    const entries = await read('protoPayload.methodName="/Jobs.RunJob"');
    expect(entries).toHaveLength(1);
    expect(entries[0]?.data).toMatchObject({
      type_url: 'type.googleapis.com/google.protobuf.Struct',
    });
    const raw = entries[0]?.metadata.protoPayload as object;
    await logging.loggingService.writeLogEntries({
      entries: [{ logName, resource, severity: 'NOTICE', protoPayload: raw }],
    });
    const [copied] = engine.list({ filter: 'severity=NOTICE' }).entries;
    expect(copied?.payload).toEqual({ proto });
  });

  it('lists and deletes logs', async () => {
    const log = logging.log('one');
    await log.write(log.entry({ resource }, 'x'));
    const [names] = await logging.loggingService.listLogs({ parent });
    expect(names).toContain(`${parent}/logs/one`);
    await log.delete();
    expect(engine.logNames()).not.toContain(`${parent}/logs/one`);
    await expect(log.delete()).rejects.toMatchObject({ code: 5 });
  });

  it('is told what is wrong with a filter, and where', async () => {
    await expect(read('timestamp>"2026-01-01" AND thud=1')).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining('line 1, column 28'),
    });
  });

  it.each([
    ['no project', [], 3],
    ['another project', ['projects/other'], 7],
    ['no project name', ['demo-drover'], 3],
  ])('may not list the entries of %s', async (_, resourceNames, code) => {
    const request = logging.loggingService.listLogEntries(
      { resourceNames },
      { autoPaginate: false },
    );
    await expect(request).rejects.toMatchObject({ code });
  });

  it('sees a fault that the local cloud was told to have', async () => {
    faults.add({ method: 'LoggingServiceV2.ListLogEntries', times: 1, code: 'RESOURCE_EXHAUSTED' });
    await expect(read()).rejects.toMatchObject({ code: 8 });
    expect(await read()).toEqual([]);
  });
});

describe('a write request', () => {
  const entry = (insertId: string, textPayload = 'x') => ({ insertId, textPayload });
  const write = (request: object) =>
    logging.loggingService.writeLogEntries({
      logName,
      resource,
      labels: { of: 'all' },
      ...request,
    });
  const kept = () => engine.list({}).entries.map(({ insertId }) => insertId);
  const tooLarge = 'x'.repeat(256 * 1024 + 1);

  it('says once what all its entries have, unless they say otherwise', async () => {
    await write({ entries: [entry('a'), { ...entry('b'), labels: { of: 'b' } }] });
    expect(engine.list({}).entries.map(({ labels }) => labels)).toEqual([
      { of: 'all' },
      { of: 'b' },
    ]);
  });

  it('keeps all of its entries or none', async () => {
    await expect(write({ entries: [entry('a'), entry('b', tooLarge)] })).rejects.toMatchObject({
      code: 3,
    });
    expect(kept()).toEqual([]);
  });

  it('keeps the good ones when it asks for partial success, and still fails', async () => {
    const entries = [entry('a'), entry('b', tooLarge), entry('c')];
    await expect(write({ entries, partialSuccess: true })).rejects.toMatchObject({ code: 3 });
    expect(kept()).toEqual(['a', 'c']);
  });

  it('keeps nothing when it is a dry run', async () => {
    await write({ entries: [entry('a')], dryRun: true });
    expect(kept()).toEqual([]);
  });
});
