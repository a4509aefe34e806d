import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Call } from '../../shared/calls/call.ts';
import { listCalls } from '../../shared/calls/list.ts';
import { breakLock } from '../../shared/locks/break.ts';
import { listLocks } from '../../shared/locks/list.ts';
import type { Document } from '../../shared/ports/index.ts';
import type { Instance } from '../instance.ts';
import type { ControlEnv } from './authenticate.ts';
import { cursorOf, placeOfCursor } from './cursor.ts';
import {
  actorOf,
  answers,
  body,
  count,
  nextCursor,
  page,
  text,
  usualPage,
  why,
  whyHeader,
} from './parts.ts';

const lock = z
  .object({
    key: z.string(),
    holder: z.string(),
    agent: z.string(),
    fence: z.number(),
    takenAt: z.iso.datetime(),
    until: z.iso.datetime(),
    waiting: z.array(z.string()),
  })
  .openapi('Lock');

const call = z
  .object({
    id: z.string(),
    summary: z.string(),
    caller: z.string(),
    callerAgent: z.string(),
    agent: z.string(),
    run: z.string().nullable(),
    state: z.enum(['pending', 'running', 'completed', 'error']),
    depth: z.number(),
    returnValue: z.string().nullable(),
    returnBytes: z.number().nullable(),
    error: z.string().nullable(),
    at: z.iso.datetime(),
  })
  .openapi('Call');

const locksRoute = createRoute({
  method: 'get',
  path: '/v1/locks',
  tags: ['locks'],
  summary: 'Locks that are held now, and who waits for them',
  request: { query: z.object({ limit: count(500) }) },
  responses: answers(
    'Those that lapse first come first; there may be more than asked for.',
    z.object({ locks: z.array(lock) }),
  ),
});

/** Longest key that is let through, in characters: the rule for keys counts bytes. */
const longestKey = 4_096;

const breaking = createRoute({
  method: 'post',
  path: '/v1/locks/break',
  tags: ['locks'],
  summary: 'Take a lock away from the run that holds it, which goes on and learns of it later',
  request: {
    headers: whyHeader,
    ...body(
      z.strictObject({
        key: text(longestKey).min(1),
        fence: z.int().min(0).optional().openapi({
          description:
            'Only from the holder with this fence, as the list of locks has it: then the request may be repeated, and the next holder keeps the lock. Left out: from whoever holds it.',
        }),
        why,
      }),
    ),
  },
  responses: answers(
    'Whether anybody held it, by that fence if one was named, and who.',
    z.object({ outcome: z.enum(['broken', 'free']), holder: z.string().nullable() }),
  ),
});

const callsRoute = createRoute({
  method: 'get',
  path: '/v1/calls',
  tags: ['calls'],
  summary: 'Calls between agents, the newest first',
  request: { query: z.object(page) },
  responses: answers('A page of calls.', z.object({ calls: z.array(call), next: nextCursor })),
});

/** What runs hold, and what they ask of each other. */
export function locks({ ports }: Instance) {
  return new OpenAPIHono<ControlEnv>()
    .openapi(locksRoute, async (context) => {
      const { limit = usualPage } = context.req.valid('query');
      const held = await listLocks(ports, limit);
      return context.json(
        {
          locks: held.map(({ takenAt, since: _since, until, ...rest }) => ({
            ...rest,
            takenAt: takenAt.toISOString(),
            until: until.toISOString(),
          })),
        },
        200,
      );
    })
    .openapi(breaking, async (context) => {
      const said = context.req.valid('json');
      const broken = await breakLock(ports, said.key, actorOf(context, said), said.fence);
      const holder = broken.outcome === 'broken' ? broken.holder : null;
      return context.json({ outcome: broken.outcome, holder }, 200);
    })
    .openapi(callsRoute, async (context) => {
      const { limit = usualPage, cursor } = context.req.valid('query');
      const found = await listCalls(ports, limit, placeOfCursor(cursor));
      const calls = found.documents.map(callOf);
      return context.json({ calls, next: cursorOf(found.next) }, 200);
    });
}

function callOf({ id, data }: Document<Call>): z.infer<typeof call> {
  const { expireAt: _expiry, keptDays: _days, at, ...rest } = data;
  return { id, ...rest, at: at.toISOString() };
}
