import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from '../infra/docs/openapi.ts';
import { acquireLock } from '../shared/locks/acquire.ts';
import { createCallers } from './calls.ts';
import { type Control, controlOf } from './control.ts';
import { projectOf } from './project.ts';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
type Json = { [name: string]: unknown };

const document = openApiDocument();

/** A schema of the document that takes nothing but what it names: what an answer has beside that, nobody was told of. */
function exactly(schema: unknown): z.ZodType {
  const definitions = Object.entries(document.components?.schemas ?? {});
  const $defs = Object.fromEntries(definitions.map(([name, one]) => [name, closed(one)]));
  return z.fromJSONSchema({ ...(closed(schema) as Json), $defs } as JsonSchema);
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.entries(schema).map(([name, part]) =>
    name === '$ref'
      ? [name, String(part).replace('#/components/schemas/', '#/$defs/')]
      : [name, closed(part)],
  );
  const isOpen = !('properties' in schema) || 'additionalProperties' in schema;
  return { ...Object.fromEntries(parts), ...(isOpen ? {} : { additionalProperties: false }) };
}

interface Described {
  name: string;
  method: 'GET' | 'POST';
  path: string;
  /** What a good answer has; undefined where it is no JSON. */
  good: unknown;
}

const routes: Described[] = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  (['get', 'post'] as const).flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const answer = operation.responses?.['200'] as { content: Json };
    const json = answer.content['application/json'] as { schema: unknown } | undefined;
    const upper = method === 'get' ? 'GET' : 'POST';
    return [{ name: `${upper} ${path}`, method: upper, path, good: json?.schema } as const];
  }),
);

const schedule = { cron: '*/5 * * * *', timezone: 'UTC', catchup: 'all', jitter: 0 } as const;
const project = {
  ...projectOf({
    triage: {
      description: 'Sorts issues.',
      models: [{ provider: 'p', model: 'm', authType: 'key' }],
    },
    crowded: { maxWorkQueueSize: 1 },
    flaky: { retry: { attempts: 1, exitCodes: null, backoff: 1, maxBackoff: 1 } },
    idle: { webhooks: [], schedule, env: { TOKEN: 'hush' }, params: '{"depth":[1,[2]]}' },
    boss: { webhooks: [] },
  }),
  scale: 20,
};

let control: Control;
/** Values for what stands in braces, by its name. */
let known: { [name: string]: string[] };

/** A project in which everything has happened that leaves a trace. */
beforeAll(async () => {
  const callers = await createCallers(project);
  const { world } = callers;
  control = await controlOf(world);
  for (const id of ['d1', 'd2', 'd3', 'd4']) {
    await world.deliver(id);
    await world.advance(100);
  }
  const runsOf = async (agent: string) => {
    const { json } = await control.get(`/v1/runs?agent=${agent}&state=running`);
    return json.runs.map(({ id }: { id: string }) => id) as string[];
  };
  for (const [agent, exitCode] of [
    ['triage', 0],
    ['triage', 42],
    ['triage', 124],
    ['flaky', 7],
  ] as const) {
    for (const run of await runsOf(agent)) await world.exit(run, { exitCode });
    await world.advance(5_000);
  }
  await world.advance(600_000);
  await world.tick();
  await world.settle();
  const boss = await callers.start('boss');
  await callers.call(boss, 'idle');
  await acquireLock(world.ports, world.releases, { secret: callers.secretOf(boss), key: 'barn' });
  await control.post('/v1/agents/crowded/kill', { why: 'too many' });
  await control.post('/v1/deliveries/github:d1/replay', { why: 'once more' });
  await control.post('/v1/agents/flaky/pause', { why: 'rain' });
  await control.post('/v1/agents/flaky/trigger', { prompt: 'Count.' });
  await control.post('/v1/project/pause');
  await world.advance(1_000);
  const { json } = await control.get('/v1/runs?limit=200');
  const runs = (json.runs as { id: string }[]).map(({ id }) => id);
  const agents = Object.keys(project.agents);
  const deliveries = ['github:d1', 'github:d4'];
  known = { run: runs, instanceId: runs, agent: agents, name: agents };
  known = { ...known, delivery: deliveries, receiptId: deliveries };
});

/** Every path of the route with what is there. */
function pathsOf(path: string): string[] {
  const [, name] = /\{(\w+)\}/.exec(path) ?? [];
  if (name === undefined) return [path];
  return (known[name] ?? []).flatMap((value) => pathsOf(path.replace(`{${name}}`, value)));
}

/** What a route cannot do without. */
const queries: { [path: string]: string } = {
  '/v1/schedules/preview': '?cron=0+3+*+*+*',
  '/api/logs/scheduler': '?level=trace',
};

describe('what the control API answers', () => {
  it('is measured against what refuses another type, and what nobody was told of', () => {
    const refusal = exactly({ $ref: '#/components/schemas/Refusal' });
    const issues = [{ where: 'body', message: 'is not as it should be' }];
    const whole = { error: 'no', code: 'busy', page: 'docs/errors/busy.md' };
    expect(refusal.safeParse({ ...whole, issues }).success).toBe(true);
    const odd = [{ error: 1 }, { code: 'odd' }, { more: 1 }, { issues: [{}] }, { page: undefined }];
    for (const change of odd) {
      expect(refusal.safeParse({ ...whole, ...change }).success).toBe(false);
    }
  });

  it('was made from a project in which everything happened', async () => {
    const { json } = await control.get('/v1/runs?limit=200');
    const has = (field: string) => new Set(json.runs.map((run: Json) => run[field]));
    expect([...has('state')]).toEqual(
      expect.arrayContaining(['queued', 'running', 'succeeded', 'failed', 'dropped']),
    );
    const triggers = new Set(json.runs.map(({ trigger }: { trigger: Json }) => trigger.type));
    expect([...triggers].sort()).toEqual([
      'call',
      'manual',
      'replay',
      'rerun',
      'schedule',
      'webhook',
    ]);
    expect((await control.get('/v1/locks')).json.locks).toHaveLength(1);
    expect((await control.get('/v1/calls')).json.calls).toHaveLength(1);
  });

  it.each(routes.filter(({ method, good }) => method === 'GET' && good))(
    'is to $name what the document says, and nothing beside',
    async ({ path, good }) => {
      const schema = exactly(good);
      const paths = pathsOf(path);
      expect(paths).not.toEqual([]);
      for (const one of paths) {
        const { status, json } = await control.get(`${one}${queries[path] ?? ''}`);
        expect({ one, status }).toEqual({ one, status: 200 });
        expect(schema.safeParse(json).error?.issues, one).toBeUndefined();
      }
    },
  );

  it.each(routes.filter(({ method, good }) => method === 'POST' && good))(
    'is to $name what the document says, whether it does so or not',
    async ({ path, good }) => {
      const operation = document.paths?.[path]?.post;
      const refused = operation?.responses?.['4XX'] as {
        content: { 'application/json': { schema: unknown } };
      };
      const bad = exactly(refused.content['application/json'].schema);
      const schema = exactly(good);
      for (const one of pathsOf(path)) {
        for (const body of [bodies[path] ?? {}, { why: 1 }]) {
          const { status, json } = await control.post(one, body);
          const { error } = (status === 200 ? schema : bad).safeParse(json);
          expect(error?.issues, `${status} ${one}`).toBeUndefined();
        }
      }
    },
  );

  it('has no hash of a secret, and no value of a variable', async () => {
    for (const { method, path } of routes.filter(({ method }) => method === 'GET')) {
      for (const one of pathsOf(path).filter((name) => !name.endsWith('/follow'))) {
        const said = await (await control.fetch(method, `${one}${queries[path] ?? ''}`)).text();
        expect(said).not.toMatch(/secretHash|hush|the-\w+-key/);
      }
    }
  });
});

const bodies: { [path: string]: Json } = {
  '/v1/agents/{agent}/scale': { scale: 2 },
  '/v1/project/scale': { scale: 9 },
  '/control/agents/{name}/scale': { scale: 3 },
  '/control/project/scale': { scale: '8' },
  '/v1/locks/break': { key: 'barn' },
  '/v1/deliveries/dry-run': {
    source: 'github',
    headers: { 'X-GitHub-Event': 'issues' },
    body: { action: 'opened' },
  },
};
