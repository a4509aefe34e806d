import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Document } from '../../shared/ports/index.ts';
import { killRun } from '../../shared/runs/kill.ts';
import { listRuns } from '../../shared/runs/list.ts';
import type { Requested } from '../../shared/runs/request.ts';
import { retryRun } from '../../shared/runs/retry-run.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import type { ApiErrorCode } from '../http/api-errors.ts';
import { refusal } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import type { ControlEnv } from './authenticate.ts';
import { cursorOf, placeOfCursor } from './cursor.ts';
import {
  actorOf,
  answers,
  body,
  count,
  cursor,
  keyHeader,
  keyOf,
  nextCursor,
  page,
  runParam,
  time,
  unknown,
  usualPage,
  why,
  whyHeader,
} from './parts.ts';
import {
  entryOf,
  journalEntry,
  pageOf,
  reason,
  rowOf,
  runPage,
  runRow,
  state,
  triggerType,
} from './run-view.ts';

const tags = ['runs'];

const list = createRoute({
  method: 'get',
  path: '/v1/runs',
  tags,
  summary: 'Runs, the newest first',
  request: {
    query: z.object({
      ...page,
      agent: z.string().max(64).optional(),
      state: z
        .string()
        .max(200)
        .transform((value) => value.split(','))
        .pipe(z.array(state).max(11))
        .optional()
        .openapi({ type: 'string', description: 'States, separated by commas.' }),
      reason: reason.optional(),
      trigger: triggerType.optional(),
      delivery: z.string().max(301).optional(),
      since: time(),
    }),
  },
  responses: answers(
    'A page of runs. With trigger or delivery it may have fewer than asked for, and still a next one.',
    z.object({ runs: z.array(runRow), next: nextCursor }),
  ),
});

const one = createRoute({
  method: 'get',
  path: '/v1/runs/{run}',
  tags,
  summary: 'One run, with its timeline',
  request: { params: runParam },
  responses: answers('The run.', runPage),
});

const journal = createRoute({
  method: 'get',
  path: '/v1/runs/{run}/journal',
  tags,
  summary: 'Everything that happened to a run, in order',
  request: { params: runParam, query: z.object({ limit: count(500), cursor: cursor() }) },
  responses: answers(
    'A page of its journal.',
    z.object({ entries: z.array(journalEntry), next: nextCursor }),
  ),
});

const killed = z.enum(['cancelled', 'killed', 'stopping', 'over']);

const kill = createRoute({
  method: 'post',
  path: '/v1/runs/{run}/kill',
  tags,
  summary: 'Kill a run, whatever it is doing; one that is over stays as it is',
  request: { params: runParam, headers: whyHeader, ...body(z.strictObject({ why })) },
  responses: answers('What became of it.', z.object({ run: z.string(), outcome: killed })),
});

/** What became of a request for a run. */
export const started = z
  .object({
    run: z.string(),
    isNew: z.boolean().openapi({ description: 'False: the same request was made before.' }),
    held: z.string().nullable().openapi({ description: 'Why it does not start now, if so.' }),
  })
  .openapi('Started');

const retry = createRoute({
  method: 'post',
  path: '/v1/runs/{run}/retry',
  tags,
  summary: 'Run a finished run again, with the release of now',
  request: { params: runParam, headers: keyHeader, ...body(z.strictObject({ why })) },
  responses: answers('The new run.', started),
});

/** Runs: what there were and are, and what people may do about one. */
export function runs({ ports, settings, releases }: Instance) {
  return new OpenAPIHono<ControlEnv>()
    .openapi(list, async (context) => {
      const { limit = usualPage, cursor, state, ...filter } = context.req.valid('query');
      const wanted = { ...filter, states: state };
      const found = await listRuns(ports, wanted, limit, placeOfCursor(cursor));
      return context.json({ runs: found.documents.map(rowOf), next: cursorOf(found.next) }, 200);
    })
    .openapi(one, async (context) => {
      const { run } = context.req.valid('param');
      return context.json(pageOf(await existing(ports, run)), 200);
    })
    .openapi(journal, async (context) => {
      const { run } = context.req.valid('param');
      const { limit = usualPage, cursor } = context.req.valid('query');
      const { events } = (await existing(ports, run)).data;
      // Its place is a number of entries: they are numbered, and none is ever taken away.
      const begin = Math.min(placeOfCursor(cursor)?.at ?? 0, events);
      const end = Math.min(begin + limit, events);
      const found = await ports.documents.query<RunJournalEntry>({
        collection: `runs/${run}/events`,
        limit: Math.max(end, 1),
      });
      const next = end < events ? cursorOf({ at: end, id: run }) : null;
      return context.json({ entries: found.slice(begin, end).map(entryOf), next }, 200);
    })
    .openapi(kill, async (context) => {
      const { run } = context.req.valid('param');
      const actor = actorOf(context, context.req.valid('json'));
      const outcome = await killRun(ports, releases, run, actor);
      if (outcome === 'unknown') throw unknown(`run ${run}`);
      return context.json({ run, outcome }, 200);
    })
    .openapi(retry, async (context) => {
      const { run } = context.req.valid('param');
      const actor = actorOf(context, context.req.valid('json'));
      const requested = await retryRun(ports, settings, releases, run, actor, keyOf(context));
      return context.json(startedOf(requested), 200);
    });
}

/** The run of this id, or 404. */
export async function existing(
  { documents }: Pick<Instance['ports'], 'documents'>,
  run: string,
): Promise<Document<Run>> {
  const found = await documents.get<Run>(`runs/${run}`);
  if (!found) throw unknown(`run ${run}`);
  return found;
}

const codes: { readonly [code in Extract<Requested, { ok: false }>['code']]: ApiErrorCode } = {
  unknown_run: 'not-found',
  unknown_agent: 'not-found',
  disabled: 'not-possible',
  not_over: 'not-possible',
  key_reused: 'key-reused',
  prompt_too_long: 'too-large',
};

/** The answer to a request for a run; what was refused is thrown. */
export function startedOf(requested: Requested): z.infer<typeof started> {
  if (requested.ok) {
    const { runId, isNew, held } = requested;
    return { run: runId, isNew, held };
  }
  const { code, why } = requested;
  throw refusal(codes[code], why);
}
