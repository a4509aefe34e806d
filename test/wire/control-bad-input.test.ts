import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../infra/docs/openapi.ts';
import { projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver } from './github.ts';
import { type Answer, type Sent, send } from './http.ts';

const key = 'the-operators-key';

let drover: TestDrover;
/** A run and a delivery that are there. */
let runId: string;
let deliveryId: string;
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({ triage: { scale: 2 } }),
    credentials: { 'gateway_api_key:default': { key } },
  });
  const { json } = await deliver(drover, {});
  deliveryId = String(json.delivery);
  runId = (json.runs as { triage: string }).triage;
});
afterAll(() => drover.close());

/** A route, as the document describes it: whatever is added to the API is attacked with the rest. */
interface Route {
  name: string;
  method: string;
  path: string;
  queries: string[];
  headers: string[];
  isChange: boolean;
  fields: string[];
  /** Whether its good answer is no JSON. */
  isStream: boolean;
}

interface Parameter {
  name: string;
  in: string;
}

const routes: Route[] = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, item]) =>
  (['get', 'post', 'put', 'delete', 'patch'] as const).flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const parameters = (operation.parameters ?? []) as Parameter[];
    const named = (place: string) =>
      parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);
    const content = operation.requestBody as
      | { content: { 'application/json': { schema: { properties?: object } } } }
      | undefined;
    const fields = Object.keys(content?.content['application/json'].schema.properties ?? {});
    const upper = method.toUpperCase();
    return [
      {
        name: `${upper} ${path}`,
        method: upper,
        path,
        queries: named('query'),
        headers: named('header'),
        isChange: content !== undefined,
        fields,
        isStream: !JSON.stringify(operation.responses?.['200']).includes('application/json'),
      },
    ];
  }),
);

/** Sends something, and holds the answer to what every route promises. */
async function attack({ method = 'GET', path, headers = {}, body }: Sent): Promise<Answer> {
  const sent = {
    method,
    path: `/control${path}`,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { body }),
  };
  const answer = await send(drover.base, sent);
  if (answer.status >= 500) throw new Error(`${answer.status}: ${JSON.stringify(sent)}`);
  if (answer.status >= 400 && !isReceipt(path, answer)) {
    expect(answer.json.error).toEqual(expect.stringMatching(/./));
  }
  return answer;
}

/** Action Llama's one answer that says 404 in another way. */
function isReceipt(path: string, { status, json }: Answer): boolean {
  return status === 404 && path.startsWith('/api/stats/webhooks/') && json.receipt === null;
}

/** A path of the route with these values, and with what is there in the place of those that are left out. */
function filled({ path }: Route, value?: string): string {
  const known: { [name: string]: string } = {
    run: runId,
    instanceId: runId,
    agent: 'triage',
    name: 'triage',
    delivery: deliveryId,
    receiptId: deliveryId,
  };
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => value ?? known[name] ?? 'x');
}

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/** What stands in a path where an id belongs. */
const oddIds = [
  '..',
  '.',
  '%2e%2e',
  '..%2f..%2fproject%2fcurrent',
  '%00',
  '%0d%0aset-cookie:x',
  '%zz',
  '%ff%fe',
  '__proto__',
  'constructor',
  '__id7__',
  'a'.repeat(6_000),
  '%F0%9F%90%91',
  'triage%20',
  '-',
  '0',
  'x:y',
  'github:%2e%2e',
  `github:${'a'.repeat(149)}`,
  ';drop',
  "'",
];

/** Any text, and texts that have hurt somebody before. */
const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    'NaN',
    '99999999999999999999',
    '../..',
    '__proto__',
    'null',
    '\0',
    '\ud800',
    'a'.repeat(3_000),
    '(a+)+$',
    '[',
    '2026-13-45',
    '9999-12-31T23:59:59Z',
    '+275760-09-13T00:00:00Z',
    'WyIiLDBd',
    Buffer.from('[1,"../x"]').toString('base64url'),
    Buffer.from('[9e15,"x"]').toString('base64url'),
    Buffer.from('["x",9007199254740991]').toString('base64url'),
    Buffer.from('{"since":0,"runs":[]}').toString('base64url'),
    Buffer.from('{"since":0,"runs":[{"run":"","at":{"chunk":"","line":0}}]}').toString('base64url'),
    Buffer.from('{"since":0,"runs":[{"run":".","at":{"chunk":"","line":0}}]}').toString(
      'base64url',
    ),
    Buffer.from(
      '{"after":{"at":0,"id":""},"within":{"run":"..","before":{"chunk":"x","line":1}}}',
    ).toString('base64url'),
  ),
);

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Header values that can travel. */
const oddHeader = fc.string({ unit: 'grapheme-ascii', maxLength: 300 }).map((text) => text.trim());

/** Any JSON, under the names that the route knows and others. */
function oddBody({ fields }: Route): fc.Arbitrary<string> {
  const value = fc.oneof(
    fc.jsonValue(),
    oddText,
    fc.constantFrom<unknown>(0, -1, 1.5, 1e308, true),
  );
  const names = fc.constantFrom(...fields, 'why', 'extra', '__proto__', 'constructor');
  return fc.oneof(
    fc.json(),
    fc.dictionary(names, value).map((body) => JSON.stringify(body)),
    fc.constantFrom(
      '{',
      'null',
      '[]',
      '"x"',
      '{"why":1}',
      '{"__proto__":{"scale":1}}',
      '['.repeat(100_000),
      `{"why":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      `{"why":"${'a'.repeat(2_000)}"}`,
      '{"why":"\\ud800"}',
      '{"why":"\\u0000"}',
      '{"prompt":"\\ud800 half"}',
      `{"prompt":"${'é'.repeat(40_000)}"}`,
      '{"scale":1e99}',
      '{"scale":"1e3"}',
      '{"scale":null}',
    ),
  );
}

describe('the control API', () => {
  it('is attacked whole', () => {
    expect(routes.length).toBeGreaterThan(50);
    expect(routes.filter(({ isChange }) => isChange).length).toBeGreaterThan(15);
  });

  it.each(routes)('answers $name whatever stands in its path', async (route) => {
    if (!route.path.includes('{')) return;
    for (const id of oddIds) {
      const answer = await attack({ method: route.method, path: filled(route, id) });
      // Dots are resolved before anybody sees the path: what is left may be another one that is there.
      const isResolved = /^(\.|%2e){1,2}$/.test(id);
      if (route.isChange && !isResolved) {
        expect(answer.status, id).toBeGreaterThanOrEqual(400);
      }
    }
  });

  it.each(routes.filter(({ queries }) => queries.length > 0))(
    'answers $name whatever its query says',
    async (route) => {
      const path = route.isStream ? filled(route, 'nobody') : filled(route);
      const pair = fc.tuple(fc.constantFrom(...route.queries, 'extra'), oddText);
      await fc.assert(
        fc.asyncProperty(fc.array(pair, { maxLength: 5 }), async (pairs) => {
          const query = pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&');
          await attack({ path: `${path}?${query}` });
        }),
        { numRuns: 25 },
      );
      for (const query of ['%zz=%zz', '&&==&', '?', `${route.queries[0]}=%ff`, 'a'.repeat(6_000)]) {
        await attack({ path: `${path}?${query}` });
      }
    },
  );

  it.each(routes.filter(({ isChange }) => isChange))(
    'answers $name whatever its body says',
    async (route) => {
      await fc.assert(
        fc.asyncProperty(oddBody(route), oddText, async (body, id) => {
          // Of something that is not there: nothing is to be changed a hundred times.
          const path = route.path.includes('{') ? filled(route, 'nobody') : filled(route);
          await attack({ method: 'POST', path, body, headers: { 'x-odd': encoded(id) } });
        }),
        { numRuns: 25 },
      );
      const odd: [string, Uint8Array | string][] = [
        ['no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
        ['a form', 'why=x'],
        ['a megabyte and more', `{"why":"${'a'.repeat(1_100_000)}"}`],
      ];
      for (const [what, body] of odd) {
        const answer = await attack({ method: 'POST', path: filled(route), body });
        expect(answer.status, what).toBeGreaterThanOrEqual(400);
      }
    },
  );

  it.each(routes.filter(({ headers }) => headers.length > 0))(
    'answers $name whatever its headers say',
    async (route) => {
      await fc.assert(
        fc.asyncProperty(oddHeader, oddHeader, async (why, idempotency) => {
          const headers = { 'x-drover-why': why, 'idempotency-key': idempotency };
          const path = route.path.includes('{') ? filled(route, 'nobody') : filled(route);
          await attack({ method: 'POST', path, headers, body: '{}' });
        }),
        { numRuns: 10 },
      );
      for (const headers of [
        { 'idempotency-key': ['a', 'b'] },
        { 'x-drover-why': 'a'.repeat(5_000) },
        { 'content-encoding': 'gzip' },
        { 'content-type': 'multipart/form-data; boundary=x' },
      ]) {
        await attack({ method: 'POST', path: filled(route, 'nobody'), headers, body: '{}' });
      }
    },
  );

  it.each(routes)('has no other method at the path of $name than it says', async (route) => {
    const path = filled(route);
    const here = routes.filter((other) => patternOf(other).test(path)).map(({ method }) => method);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      if (here.includes(method)) continue;
      const answer = await attack({ method, path, ...(method === 'GET' ? {} : { body: '{}' }) });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow?.split(', ')).toEqual([...new Set(here)].sort());
    }
  });

  it.each([
    '/',
    '//',
    '/v1',
    '/v1/',
    '/v1/runs/',
    '/V1/runs',
    '/v1//runs',
    '/control',
    '/control/',
    '/api',
    '/v1/runs/x/y/z',
    '/v1/%00',
    '/v1/%zz',
    `/${'a/'.repeat(2_000)}`,
  ])('has nothing at %s', async (path) => {
    for (const method of ['GET', 'POST']) {
      expect((await attack({ method, path })).status).toBe(404);
    }
  });
});
