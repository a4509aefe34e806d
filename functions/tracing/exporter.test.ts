import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogFields, Span } from '../../shared/ports/index.ts';
import { currentTrace, inTrace } from '../http/trace.ts';
import { createExporter } from './exporter.ts';
import { spansTo } from './spans-to.ts';

const trace = '0123456789abcdef0123456789abcdef';
const span: Span = {
  trace,
  id: '00f067aa0ba902b7',
  parent: null,
  name: 'run triage',
  kind: 'internal',
  startedAt: 1_767_225_600_000.25,
  endedAt: 1_767_225_600_001,
  attributes: { 'drover.run': 'triage-abcdefgh', count: 2, share: 0.5, is: true },
  isError: true,
};

/** What the receiver got, and how it answers. */
let received: { path: string; headers: { [name: string]: unknown }; body: Received }[];
let answer: (respond: (status: number) => void) => void;
let server: Server;
let endpoint: string;
let warnings: (LogFields | undefined)[];
const log = {
  info: () => undefined,
  warn: (_: string, fields?: LogFields) => void warnings.push(fields),
  error: () => undefined,
};

interface Received {
  resourceSpans: {
    resource: { attributes: { key: string; value: object }[] };
    scopeSpans: { spans: { [field: string]: unknown }[] }[];
  }[];
}

beforeEach(async () => {
  received = [];
  warnings = [];
  answer = (respond) => respond(200);
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const { url = '', headers } = request;
      received.push({ path: url, headers, body: JSON.parse(text) as Received });
      answer((status) => void response.writeHead(status).end('{}'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);

const spansOf = (at = 0) =>
  received[at]?.body.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  ) ?? [];

const exporterTo = (url: string, now?: () => number) =>
  createExporter(
    { url, headers: { 'x-key': 'k' }, resource: { 'service.name': 'drover' } },
    { log, ...(now && { now }) },
  );

describe('spans', () => {
  it('arrive at a receiver in the form of its protocol', async () => {
    const { record, flush } = exporterTo(`${endpoint}/v1/traces`);
    record(span);
    record({ ...span, parent: '1111111111111111', kind: 'server', isError: false, endedAt: 0 });
    await flush();
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/json', 'x-key': 'k' },
      body: {
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'drover' } }] },
          },
        ],
      },
    });
    const [first, second] = spansOf();
    expect(first).toEqual({
      traceId: trace,
      spanId: span.id,
      name: 'run triage',
      kind: 1,
      startTimeUnixNano: '1767225600000250000',
      endTimeUnixNano: '1767225600001000000',
      attributes: [
        { key: 'drover.run', value: { stringValue: 'triage-abcdefgh' } },
        { key: 'count', value: { intValue: '2' } },
        { key: 'share', value: { doubleValue: 0.5 } },
        { key: 'is', value: { boolValue: true } },
      ],
      status: { code: 2 },
    });
    expect(second).toMatchObject({ parentSpanId: '1111111111111111', kind: 2, status: {} });
    expect(second?.endTimeUnixNano).toBe(second?.startTimeUnixNano);
  });

  it('are sent once, and nothing is sent where there are none', async () => {
    const { record, flush } = exporterTo(endpoint);
    await flush();
    record(span);
    await Promise.all([flush(), flush()]);
    expect(received).toHaveLength(1);
  });

  it.each([
    ['refuses', (respond: (status: number) => void) => respond(503), 'the receiver answered 503'],
    ['sends them elsewhere', (respond: (status: number) => void) => respond(302), /./],
    ['is silent', () => undefined, /timeout|aborted/i],
  ])('are lost, and that is told, when the receiver %s', async (_what, how, why) => {
    answer = how;
    const { record, flush } = exporterTo(endpoint);
    record(span);
    await flush();
    expect(warnings).toEqual([{ spans: 1, error: expect.stringMatching(why) }]);
  });

  it('are lost once a minute in the log, however many are', async () => {
    let now = 0;
    const { record, flush } = exporterTo('http://127.0.0.1:1', () => now);
    for (const at of [0, 30_000, 60_000]) {
      now = at;
      record(span);
      record(span);
      await flush();
    }
    expect(warnings.map((fields) => fields?.spans)).toEqual([2, 4]);
  });

  it('are kept up to a number, beyond which they are lost', async () => {
    const { record, flush } = exporterTo(endpoint);
    for (let n = 0; n < 2_001; n += 1) record(span);
    await flush();
    expect(spansOf()).toHaveLength(2_000);
    expect(warnings).toHaveLength(1);
  });
});

describe('requests of a function', () => {
  const place = { name: 'webhook', project: 'acme', region: 'europe-west1' };
  const ask = async (fetch: (request: Request) => Response | Promise<Response>) => {
    const spans = spansTo({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, place, log);
    const app = await spans?.traced({
      fetch: async (request) => {
        spans.record({ ...span, parent: currentTrace()?.span ?? null });
        return fetch(request);
      },
    });
    const headers = { traceparent: `00-${trace}-1111111111111111-01` };
    const request = new Request('https://x.example/webhooks/code?secret=hidden', {
      method: 'POST',
      headers,
    });
    return app && inTrace(app).fetch(request);
  };

  it('are spans of the trace of their sender, handed over before the answer', async () => {
    const answered = await ask(() => Response.json({ ok: true }));
    expect(answered?.status).toBe(200);
    expect(received).toHaveLength(1);
    const [inner, request] = spansOf();
    expect(request).toMatchObject({
      traceId: trace,
      parentSpanId: '1111111111111111',
      name: 'webhook POST',
      kind: 2,
      status: {},
    });
    expect(inner?.parentSpanId).toBe(request?.spanId);
    expect(request?.attributes).toContainEqual({
      key: 'url.path',
      value: { stringValue: '/webhooks/code' },
    });
    expect(JSON.stringify(received)).not.toContain('hidden');
  });

  it('are errors when they fail, and fail as they would', async () => {
    await ask(() => new Response(null, { status: 503 }));
    await expect(ask(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    const status = { code: 2 };
    expect([spansOf(0)[1], spansOf(1)[1]]).toMatchObject([{ status }, { status }]);
  });

  it('are answered as ever where nobody receives spans', async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect((await ask(() => Response.json({})))?.status).toBe(200);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('are no spans where the variables cannot be used, which is told', () => {
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' };
    expect(spansTo(variables, place, log)).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });
});
