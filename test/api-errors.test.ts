import { describe, expect, it } from 'vitest';
import { control } from '../functions/control.ts';
import { gateway } from '../functions/gateway.ts';
import { apiErrors } from '../functions/http/api-errors.ts';
import type { Instance } from '../functions/instance.ts';
import { webhook } from '../functions/webhook.ts';
import { projectOf } from './project.ts';
import type { FunctionName } from './sim/calls.ts';
import type { Reply } from './sim/http.ts';
import { createWorld, type World } from './world.ts';

/** Functions with routes of their own; the others have `POST /` alone. */
const makers = { control, gateway, webhook };

const readWorld = createWorld({ project: projectOf({ triage: {} }), container: () => 'runs' });

/** Paths of a function's routes, with names of nothing in them. */
async function routesOf(name: keyof typeof makers): Promise<{ method: string; path: string }[]> {
  const { ports, releases } = await readWorld;
  const control = { url: '', operators: [], viewers: [] };
  const instance = { ports, releases, environment: { control } } as unknown as Instance;
  const app = makers[name](instance) as { routes: { method: string; path: string }[] };
  const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'));
  const once = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return [...once.values()].map(({ method, path }) => ({
    method,
    path: path.replaceAll(/:\w+(\{[^}]*\})?/g, 'nothing-here'),
  }));
}

const posts = (method: string): boolean => !['GET', 'HEAD'].includes(method);

/** Bodies that no route can do anything with. */
const oddBodies = ['', '{', '[]', '{"secret":1}', `{"a":"${'x'.repeat(1_100_000)}"}`];

async function refusals(
  world: World,
  name: FunctionName,
  method: string,
  path: string,
  headers: { [name: string]: string },
) {
  const bodies = posts(method) ? oddBodies : [undefined];
  const answers = bodies.map((body) =>
    world.request(name, path, { method, headers, ...(body !== undefined && { body }) }),
  );
  return (await Promise.all(answers)).filter(({ status }) => status >= 400);
}

function expectCode(
  { status, headers, text }: Reply,
  where: string,
  says: 'in full' | 'briefly' = 'in full',
): void {
  const code = headers.get('x-drover-error') ?? '';
  expect(Object.keys(apiErrors), `${where}: ${text}`).toContain(code);
  expect(apiErrors[code as keyof typeof apiErrors].status, where).toBe(status);
  const body = JSON.parse(text) as { error?: unknown; code?: unknown; page?: unknown };
  if (says === 'briefly') expect(body, where).not.toHaveProperty('code');
  else if (body.error !== undefined) {
    expect(body, where).toMatchObject({ code, page: `docs/errors/${code}.md` });
  }
}

describe('no answer that refuses something is without its code', () => {
  it.each(['control', 'gateway', 'webhook'] as const)('of %s, on every path', async (name) => {
    const world = await readWorld;
    const { operator } = world.credentials;
    let refused = 0;
    for (const { method, path } of await routesOf(name)) {
      for (const headers of [{}, name === 'control' ? operator : {}]) {
        for (const answer of await refusals(world, name, method, path, headers)) {
          expectCode(answer, `${method} ${path}`, name === 'gateway' ? 'briefly' : 'in full');
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(name === 'webhook' ? 5 : 20);
  });

  it.each(['dispatch', 'poll', 'tick', 'logs'] as const)('of %s, to strangers', async (name) => {
    const world = await readWorld;
    for (const headers of [{}, { authorization: 'Bearer nobodys' }]) {
      const answer = await world.request(name, '/', { method: 'POST', headers });
      expect(answer.status).toBe(401);
      expectCode(answer, name);
    }
  });

  it('where nothing is, or another method is needed', async () => {
    const world = await readWorld;
    const { operator: headers } = world.credentials;
    for (const name of ['control', 'gateway', 'webhook', 'dispatch'] as const) {
      const says = name === 'gateway' ? 'briefly' : 'in full';
      expectCode(await world.request(name, '/nothing/here', { headers }), name, says);
    }
    const wrong = await world.request('control', '/v1/runs', { method: 'DELETE', headers });
    expect(wrong.headers.get('x-drover-error')).toBe('wrong-method');
  });
});

describe('a code says more than its status', () => {
  it('where a key was used for something else', async () => {
    const world = await readWorld;
    const headers = {
      ...world.credentials.operator,
      'idempotency-key': 'same',
      'content-type': 'application/json',
    };
    const trigger = (prompt: string) =>
      world.request('control', '/v1/agents/triage/trigger', {
        method: 'POST',
        headers,
        body: JSON.stringify({ prompt }),
      });
    expect((await trigger('Count.')).status).toBeLessThan(300);
    const other = await trigger('Sing.');
    expect(other.status).toBe(409);
    expect(other.headers.get('x-drover-error')).toBe('key-reused');
  });

  it('where a webhook is not signed, or its source is nobody', async () => {
    const world = await readWorld;
    const headers = { 'content-type': 'application/json' };
    const send = (source: string) =>
      world.request('webhook', `/webhooks/${source}`, { method: 'POST', headers, body: '{}' });
    expect((await send('github')).headers.get('x-drover-error')).toBe('signature-wrong');
    expect((await send('gitlab')).headers.get('x-drover-error')).toBe('source-unknown');
  });
});
