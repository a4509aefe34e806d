import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { findDelivery, readDelivery } from '../../../shared/deliveries/read.ts';
import { replayDelivery } from '../../../shared/deliveries/replay.ts';
import { countRuns, listRuns } from '../../../shared/runs/list.ts';
import type { Run } from '../../../shared/runs/run.ts';
import { randomKey } from '../../../shared/runs/trigger-run.ts';
import { errorHeader } from '../../http/api-errors.ts';
import { refusal } from '../../http/refusal.ts';
import type { Instance } from '../../instance.ts';
import type { ControlEnv } from '../authenticate.ts';
import {
  actorOf,
  answers,
  body,
  keyHeader,
  keyOf,
  keyReused,
  nameAndInstanceParam,
  nameParam,
  noQuery,
  receiptParam,
  why,
} from '../parts.ts';
import { releaseNow } from '../release-now.ts';
import { deepest, eventOf, historyRow, readHistory, recordOf, runRecord } from './history.ts';
import { bounded, ended, isResult, type Result, statesOf } from './words.ts';

const tags = ['Action Llama'];
const results = Object.keys(statesOf).filter(isResult);
/** Of a history that has no open runs. */
const finished = results.filter((result) => result !== 'pending' && result !== 'running');

const pageNumbers = z.object({ page: z.string().optional(), limit: z.string().optional() });
const offsets = { limit: z.string().optional(), offset: z.string().optional() };
const filters = { agent: z.string().max(64).optional(), triggerType: z.string().optional() };

const runsOfAgent = createRoute({
  method: 'get',
  path: '/api/stats/agents/{name}/runs',
  tags,
  summary: "An agent's finished runs, by page number",
  request: { params: nameParam, query: pageNumbers },
  responses: answers(
    'A page of runs.',
    z.object({
      runs: z.array(runRecord),
      total: z.number(),
      page: z.number(),
      limit: z.number(),
    }),
  ),
});

const runOfAgent = createRoute({
  method: 'get',
  path: '/api/stats/agents/{name}/runs/{instanceId}',
  tags,
  summary: 'One run',
  request: { params: nameAndInstanceParam },
  responses: answers('The run; null when there is none.', z.object({ run: runRecord.nullable() })),
});

const triggers = createRoute({
  method: 'get',
  path: '/api/stats/triggers',
  tags,
  summary: 'What asked for runs',
  request: {
    query: z.object({
      ...offsets,
      ...filters,
      all: z.string().optional(),
      since: z.string().optional(),
    }),
  },
  responses: answers(
    'A page of rows.',
    z.object({
      triggers: z.array(historyRow),
      total: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
  ),
});

const activity = createRoute({
  method: 'get',
  path: '/api/stats/activity',
  tags,
  summary: 'What waits, runs and ran, in this order',
  request: { query: z.object({ ...offsets, ...filters, status: z.string().optional() }) },
  responses: answers(
    'A page of rows.',
    z.object({
      rows: z.array(historyRow),
      total: z.number(),
      pendingCount: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
  ),
});

const receipt = z.object({
  id: z.string(),
  deliveryId: z.string().nullable(),
  source: z.string(),
  eventSummary: z.string(),
  timestamp: z.number(),
  headers: z.null(),
  body: z.string().nullable(),
  matchedAgents: z.number(),
  status: z.enum(['processed', 'dead-letter']),
  deadLetterReason: z.string().nullable(),
});

const webhook = createRoute({
  method: 'get',
  path: '/api/stats/webhooks/{receiptId}',
  tags,
  summary: 'One delivery with its body',
  request: { params: receiptParam },
  responses: {
    ...answers('The delivery. Headers are not kept.', z.object({ receipt: receipt.nullable() })),
    404: {
      description: 'There is none.',
      content: { 'application/json': { schema: z.object({ receipt: z.null() }) } },
    },
  },
});

const replay = createRoute({
  method: 'post',
  path: '/api/webhooks/{receiptId}/replay',
  tags,
  summary: 'Ask the current release for the work of a delivery once more',
  request: {
    params: receiptParam,
    query: noQuery,
    headers: keyHeader,
    ...body(z.object({ why })),
  },
  responses: answers(
    'How many agents it started.',
    z.object({
      ok: z.literal(true),
      matched: z.number(),
      skipped: z.number(),
      replayReceiptId: z.string(),
    }),
  ),
});

/** History and receipts, as Action Llama has them. */
export function statsRoutes(instance: Instance) {
  const { ports, settings } = instance;
  return new OpenAPIHono<ControlEnv>()
    .openapi(runsOfAgent, async (context) => {
      const { name: agent } = context.req.valid('param');
      const said = context.req.valid('query');
      const limit = bounded(said.limit, 10, 1, 100);
      const page = bounded(said.page, 1, 1, Number.MAX_SAFE_INTEGER);
      const filter = { agent, states: ended };
      const first = (page - 1) * limit;
      const [total, found] = await Promise.all([
        countRuns(ports, filter, 10_000),
        first < deepest ? listRuns(ports, filter, first + limit) : undefined,
      ]);
      const runs = (found?.documents ?? []).slice(first).map(recordOf);
      return context.json({ runs, total, page, limit }, 200);
    })
    .openapi(runOfAgent, async (context) => {
      const { name, instanceId } = context.req.valid('param');
      const run = await ports.documents.get<Run>(`runs/${instanceId}`);
      const isThere = run !== undefined && run.data.agent === name;
      return context.json({ run: isThere ? recordOf(run) : null }, 200);
    })
    .openapi(triggers, async (context) => {
      const { agent, triggerType, ...said } = context.req.valid('query');
      const limit = bounded(said.limit, 50, 1, 100);
      const offset = bounded(said.offset, 0, 0, deepest);
      const since = bounded(said.since, 0, 0, Date.UTC(9_999, 0));
      const found = await readHistory(
        ports,
        {
          agent: agent || undefined,
          triggerType: triggerType || undefined,
          results: results.filter((result) => result !== 'pending'),
          since,
          deadLetters: said.all === '1',
        },
        offset + limit,
      );
      const rows = found.rows.slice(offset);
      return context.json({ triggers: rows, total: found.total, limit, offset }, 200);
    })
    .openapi(activity, async (context) => {
      const { agent, triggerType, status = 'all', ...said } = context.req.valid('query');
      const limit = bounded(said.limit, 50, 1, 100);
      const offset = bounded(said.offset, 0, 0, deepest);
      const words = status.split(',').map((word) => word.trim());
      const wanted = status === 'all' || status === '' ? results : words.filter(isResult);
      const group = (of: readonly Result[]) =>
        readHistory(
          ports,
          {
            agent: agent || undefined,
            triggerType: triggerType || undefined,
            results: of.filter((result) => wanted.includes(result)),
            deadLetters: of.includes('dead-letter') && wanted.includes('dead-letter'),
          },
          offset + limit,
        );
      const [pending, running, over] = await Promise.all([
        group(['pending']),
        group(['running']),
        group(finished),
      ]);
      const all = [...pending.rows, ...running.rows, ...over.rows];
      return context.json(
        {
          rows: all.slice(offset, offset + limit),
          total: pending.total + running.total + over.total,
          pendingCount: pending.total,
          limit,
          offset,
        },
        200,
      );
    })
    .openapi(webhook, async (context) => {
      const found = await readDelivery(ports, context.req.valid('param').receiptId);
      if (!found) {
        context.header(errorHeader, 'not-found');
        return context.json({ receipt: null }, 404);
      }
      const { id, delivery, body } = found;
      const matchedAgents = Object.keys(delivery.runs).length;
      return context.json(
        {
          receipt: {
            id,
            deliveryId: delivery.deliveryId,
            source: delivery.sources[0] ?? '',
            eventSummary: eventOf(delivery),
            timestamp: delivery.receivedAt.getTime(),
            headers: null,
            body: body?.text ?? null,
            matchedAgents,
            status: matchedAgents > 0 ? ('processed' as const) : ('dead-letter' as const),
            deadLetterReason: matchedAgents > 0 ? null : 'no_match',
          },
        },
        200,
      );
    })
    .openapi(replay, async (context) => {
      const { receiptId } = context.req.valid('param');
      if (!(await findDelivery(ports, receiptId))) {
        throw refusal('not-found', 'receipt not found');
      }
      const replayed = await replayDelivery(
        ports,
        settings,
        await releaseNow(instance),
        receiptId,
        {
          actor: actorOf(context, context.req.valid('json')),
          key: keyOf(context) ?? randomKey(ports),
        },
      );
      if (replayed === 'key_reused') throw refusal('key-reused', keyReused);
      if (typeof replayed === 'string') {
        throw refusal('bad-request', 'receipt has no stored payload');
      }
      return context.json(
        {
          ok: true as const,
          matched: Object.keys(replayed.runs).length,
          skipped: Object.keys(replayed.unmatched).length,
          replayReceiptId: receiptId,
        },
        200,
      );
    });
}
