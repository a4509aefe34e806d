import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { readBody } from '../../shared/deliveries/body.ts';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import { explainDelivery } from '../../shared/deliveries/explain-delivery.ts';
import { explainRequest } from '../../shared/deliveries/explain-request.ts';
import { readFixture } from '../../shared/deliveries/fixture.ts';
import { listDeliveries } from '../../shared/deliveries/list.ts';
import { findDelivery } from '../../shared/deliveries/read.ts';
import { replayDelivery } from '../../shared/deliveries/replay.ts';
import { randomKey } from '../../shared/runs/trigger-run.ts';
import { type Refusal, refusal } from '../http/refusal.ts';
import { askerNow } from '../http/trace.ts';
import type { Instance } from '../instance.ts';
import type { ControlEnv } from './authenticate.ts';
import {
  actorOf,
  answers,
  body,
  deliveryParam,
  keyHeader,
  keyOf,
  keyReused,
  nextCursor,
  noQuery,
  page,
  refusals,
  unknown,
  usualPage,
  why,
} from './parts.ts';
import { releaseNow } from './release-now.ts';

const tags = ['deliveries'];

const runsByAgent = z.record(z.string(), z.string());
const reasonsByAgent = z.record(z.string(), z.array(z.string()));

const delivery = z
  .object({
    id: z.string(),
    sources: z.array(z.string()),
    deliveryId: z.string().nullable(),
    provider: z.string(),
    event: z.string(),
    action: z.string().nullable(),
    repo: z.string(),
    sender: z.string(),
    isSigned: z.boolean(),
    summary: z.string(),
    outcome: z.enum(['ran', 'nothing']),
    runs: runsByAgent,
    unmatched: reasonsByAgent,
    release: z.string(),
    received: z.iso.datetime(),
    looks: z.number(),
    replays: z.number(),
    replayed: runsByAgent,
    context: z.record(z.string(), z.unknown()),
    body: z.object({ contentType: z.string(), bytes: z.number(), sha256: z.string() }),
  })
  .openapi('Delivery');

const list = createRoute({
  method: 'get',
  path: '/v1/deliveries',
  tags,
  summary: 'Deliveries, the newest first, with why each agent did or did not match',
  request: {
    query: z.object({
      ...page,
      source: z.string().max(150).optional(),
      event: z.string().max(200).optional(),
      outcome: z.enum(['ran', 'nothing']).optional(),
    }),
  },
  responses: answers(
    'A page of deliveries.',
    z.object({ deliveries: z.array(delivery), next: nextCursor }),
  ),
});

const one = createRoute({
  method: 'get',
  path: '/v1/deliveries/{delivery}',
  tags,
  summary: 'One delivery',
  request: { params: deliveryParam },
  responses: answers('The delivery.', delivery),
});

const bytes = createRoute({
  method: 'get',
  path: '/v1/deliveries/{delivery}/body',
  tags,
  summary: 'The body of a delivery, byte for byte as it came',
  request: { params: deliveryParam },
  responses: {
    200: {
      description: 'Its bytes.',
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...refusals,
  },
});

/** What each agent makes of an event, filter by filter. */
const explained = z.record(z.string(), z.looseObject({ matches: z.boolean() }));

const dryRun = createRoute({
  method: 'get',
  path: '/v1/deliveries/{delivery}/dry-run',
  tags,
  summary: 'What would become of a delivery now, filter by filter; nothing is done',
  request: { params: deliveryParam },
  responses: answers(
    'What each agent of the current release makes of it.',
    z.object({
      id: z.string(),
      release: z.string(),
      isDuplicate: z.boolean(),
      agents: explained,
    }),
  ),
});

const fixture = createRoute({
  method: 'post',
  path: '/v1/deliveries/dry-run',
  tags,
  summary: 'What would become of a request that nobody sent; nothing is done',
  request: body(
    z.strictObject({
      source: z.string().min(1).max(150).openapi({ description: 'A source, or a type of them.' }),
      headers: z.record(z.string(), z.string()).optional(),
      body: z
        .union([z.record(z.string(), z.unknown()), z.string()])
        .openapi({ description: 'An object stands for its JSON, a text for its own bytes.' }),
    }),
  ),
  responses: answers(
    'What the project makes of it. Its signature is told of, and not checked.',
    z.looseObject({ kind: z.enum(['event', 'ping', 'refused']) }),
  ),
});

const replay = createRoute({
  method: 'post',
  path: '/v1/deliveries/{delivery}/replay',
  tags,
  summary: 'Ask the current release for the work of a delivery once more',
  request: {
    params: deliveryParam,
    query: noQuery,
    headers: keyHeader,
    ...body(z.strictObject({ agents: z.array(z.string().max(64)).max(100).optional(), why })),
  },
  responses: answers(
    'The runs that it started, and why other agents did not match.',
    z.object({ runs: runsByAgent, unmatched: reasonsByAgent, isNew: z.boolean() }),
  ),
});

/** Deliveries: what came, what became of it, and what would. */
export function deliveries(instance: Instance) {
  const { ports, settings } = instance;
  const existing = async (id: string) => {
    const found = await findDelivery(ports, id);
    if (!found) throw unknown(`delivery ${id}`);
    return found;
  };
  return new OpenAPIHono<ControlEnv>()
    .openapi(list, async (context) => {
      const { limit = usualPage, ...filter } = context.req.valid('query');
      const found = await listDeliveries(ports, { limit, ...filter });
      if (found === 'bad_cursor') {
        throw refusal('bad-request', 'cursor is not one that an answer gave');
      }
      const shown = found.deliveries.map(({ id, delivery }) => deliveryOf(id, delivery));
      return context.json({ deliveries: shown, next: found.next }, 200);
    })
    .openapi(one, async (context) => {
      const { id, data } = await existing(context.req.valid('param').delivery);
      return context.json(deliveryOf(id, data), 200);
    })
    .openapi(bytes, async (context) => {
      const { id, path, data } = await existing(context.req.valid('param').delivery);
      const body = await readBody(ports, path, data.body);
      if (!body) throw unknown(`body of ${id} any more`);
      return context.body(new Uint8Array(body), 200, {
        'content-type': 'application/octet-stream',
        'x-content-type-options': 'nosniff',
      });
    })
    .openapi(dryRun, async (context) => {
      const id = context.req.valid('param').delivery;
      const found = await explainDelivery(ports, await releaseNow(instance), id);
      if (found === 'unknown') throw unknown(`delivery ${id}`);
      if (found === 'body_gone') throw bodyGone(id);
      const { release, isDuplicate } = found;
      const agents = Object.entries(found.agents).map(([name, said]) => [name, { ...said }]);
      return context.json({ id, release, isDuplicate, agents: Object.fromEntries(agents) }, 200);
    })
    .openapi(fixture, async (context) => {
      const { source, ...said } = context.req.valid('json');
      const request = readFixture(JSON.stringify(said));
      if ('wrong' in request) throw refusal('bad-request', request.wrong);
      const { release } = await releaseNow(instance);
      const now = ports.clock.now();
      return context.json({ ...(await explainRequest(release, source, request, { now })) }, 200);
    })
    .openapi(replay, async (context) => {
      const id = context.req.valid('param').delivery;
      const { agents, ...said } = context.req.valid('json');
      const replayed = await replayDelivery(ports, settings, await releaseNow(instance), id, {
        agents,
        actor: actorOf(context, said),
        key: keyOf(context) ?? randomKey(ports),
        asker: askerNow(),
      });
      if (replayed === 'unknown') throw unknown(`delivery ${id}`);
      if (replayed === 'body_gone') throw bodyGone(id);
      if (replayed === 'key_reused') throw refusal('key-reused', keyReused);
      const { runs, unmatched, isNew } = replayed;
      return context.json({ runs, unmatched, isNew }, 200);
    });
}

function bodyGone(id: string): Refusal {
  const why = `the body of ${id} is not all there any more, and filters may look at any of it`;
  return refusal('body-gone', why);
}

function deliveryOf(id: string, data: Delivery): z.infer<typeof delivery> {
  const { receivedAt: _at, sortKey: _key, expireAt: _expiry, context, body, ...rest } = data;
  const { contentType, bytes, sha256 } = body;
  return { id, ...rest, context: { ...context }, body: { contentType, bytes, sha256 } };
}
