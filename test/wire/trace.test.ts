import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../shared/runs/run.ts';
import { spanOf } from '../../shared/runs/trace.ts';
import {
  agentOf,
  eventually,
  onGithub,
  projectOf,
  startDrover,
  type TestDrover,
} from '../drover.ts';
import { deliver } from './github.ts';

const trace = '0123456789abcdef0123456789abcdef';
const sender = '00f067aa0ba902b7';
const traceparent = `00-${trace}-${sender}-01`;

/** A span as it arrives at a receiver. */
interface Received {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
}

let drover: TestDrover;
let receiver: Server;
let directory: string;
const spans: Received[] = [];
/** Every line that a function logged. */
const lines: { [field: string]: unknown }[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'drover-trace-'));
  receiver = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(text) as {
        resourceSpans: { scopeSpans: { spans: Received[] }[] }[];
      };
      for (const { scopeSpans } of resourceSpans) {
        for (const each of scopeSpans) spans.push(...each.spans);
      }
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => {
    lines.push(JSON.parse(String(line)) as { [field: string]: unknown });
  });
  const told = 'printf %s "$traceparent" > "$0.tmp"; mv "$0.tmp" "$0"';
  drover = await startDrover({
    project: projectOf({ triage: agentOf({ webhooks: [onGithub()] }) }),
    program: () => ({ file: '/bin/sh', args: ['-c', told, join(directory, 'told')], directory }),
  });
});
afterAll(async () => {
  await drover.close();
  vi.restoreAllMocks();
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  rmSync(directory, { recursive: true, force: true });
  await new Promise<void>((resolve) => receiver.close(() => resolve()));
});

/** The run of the agent `triage` that an answer names. */
function triageOf({ runs }: { readonly [field: string]: unknown }): string {
  return (runs as { triage?: string } | undefined)?.triage ?? '';
}

const ofTrace = () => spans.filter(({ traceId }) => traceId === trace);
const named = (name: string) => ofTrace().filter((span) => span.name === name);

describe('a delivery whose sender traces', () => {
  let runId: string;
  beforeAll(async () => {
    const { json } = await deliver(drover, { headers: { traceparent } });
    runId = triageOf(json);
    await eventually(async () => {
      const run = await drover.cloud.documents.get<Run>(`runs/${runId}`);
      return run?.data.cleanedAt !== null && run?.data.cleanedAt !== undefined;
    });
    await eventually(async () => named('run triage').length > 0);
  });

  it('has its run in the trace of its sender, below the request', async () => {
    const run = await drover.cloud.documents.get<Run>(`runs/${runId}`);
    const [request] = named('webhook POST');
    expect(run?.data).toMatchObject({ trace, askedBy: request?.spanId });
    expect(request?.parentSpanId).toBe(sender);
    expect(named('run triage')).toMatchObject([
      { spanId: spanOf(runId), parentSpanId: request?.spanId },
    ]);
  });

  it('has the states of its run below it', () => {
    const states = ofTrace().filter(({ parentSpanId }) => parentSpanId === spanOf(runId));
    expect(states.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['queued', 'launching', 'running']),
    );
  });

  it('hands its trace on to the container', () => {
    const told = join(directory, 'told');
    expect(existsSync(told) && readFileSync(told, 'utf8')).toBe(`00-${trace}-${spanOf(runId)}-01`);
  });

  it('hands its trace on to the functions that work on it, by Cloud Tasks', () => {
    const [request] = named('webhook POST');
    const dispatched = named('dispatch POST');
    expect(dispatched.map(({ parentSpanId }) => parentSpanId)).toContain(request?.spanId);
  });

  it('is found by its trace in what the functions logged', () => {
    const name = `projects/drover-test/traces/${trace}`;
    const ofRun = lines.filter((line) => line.runId === runId);
    expect(ofRun.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['launched', 'run ended']),
    );
    expect(ofRun.filter((line) => line['logging.googleapis.com/trace'] !== name)).toEqual([]);
    const accepted = lines.find(({ message }) => message === 'delivery accepted');
    expect(accepted).toMatchObject({
      'logging.googleapis.com/trace': name,
      'logging.googleapis.com/spanId': named('webhook POST')[0]?.spanId,
      'logging.googleapis.com/trace_sampled': true,
    });
  });
});

it('every line that a function logs belongs to a trace', async () => {
  const { json } = await deliver(drover);
  const run = await eventually(() => drover.cloud.documents.get<Run>(`runs/${triageOf(json)}`));
  expect(run.data.trace).not.toBe(trace);
  expect(run.data).not.toHaveProperty('askedBy');
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((line) => !line['logging.googleapis.com/trace'])).toEqual([]);
});
