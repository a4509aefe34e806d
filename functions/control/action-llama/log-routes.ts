import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Document } from '../../../shared/ports/index.ts';
import { logStart, readLogPage } from '../../../shared/runs/read-log.ts';
import type { Run } from '../../../shared/runs/run.ts';
import type { Instance } from '../../instance.ts';
import type { ControlEnv } from '../authenticate.ts';
import { encoded, logCursorOf, placeIn, placeOfLogCursor } from '../cursor.ts';
import { entryOf, logEntry } from '../log-view.ts';
import { answers, nameAndInstanceParam, nameParam } from '../parts.ts';
import { backward, forward, readLast, readSince } from './agent-log.ts';
import { type EntryFilter, entryFilter, lineFilter } from './log-filter.ts';
import { ownBackward, ownForward, readLastOwn, readOwnSince } from './own-log.ts';

const tags = ['Action Llama'];

const query = z.object({
  lines: z.string().optional(),
  cursor: z.string().max(20_000).optional(),
  back_cursor: z.string().max(20_000).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  grep: z.string().optional(),
  level: z.string().optional(),
});

const log = z.object({
  entries: z.array(logEntry),
  cursor: z.string().nullable(),
  backCursor: z.string().nullable(),
  hasMore: z.boolean(),
});
type Log = z.infer<typeof log>;

const ofScheduler = createRoute({
  method: 'get',
  path: '/api/logs/scheduler',
  tags,
  summary: 'What happened to runs, as al logs shows it',
  request: { query },
  responses: answers('Entries in order.', log),
});

const ofAgent = createRoute({
  method: 'get',
  path: '/api/logs/agents/{name}',
  tags,
  summary: "The logs of an agent's runs; or of one run, by its id",
  request: { params: nameParam, query },
  responses: answers('Entries in order.', log),
});

const ofRun = createRoute({
  method: 'get',
  path: '/api/logs/agents/{name}/{instanceId}',
  tags,
  summary: 'The log of a run',
  request: { params: nameAndInstanceParam, query },
  responses: answers('Entries in order.', log),
});

/** Logs, as Action Llama's command line reads them. */
export function logRoutes({ ports }: Instance) {
  return new OpenAPIHono<ControlEnv>()
    .openapi(ofScheduler, async (context) => {
      const said = context.req.valid('query');
      const filter = entryFilter(said);
      const { cursor, back_cursor: back } = said;
      if (cursor !== undefined && back === undefined) {
        const from = placeIn(cursor, ownForward);
        const { entries, on, more: hasMore } = await readOwnSince(ports, filter, from);
        return context.json({ entries, cursor: encoded(on), backCursor: null, hasMore }, 200);
      }
      const from = back === undefined ? null : placeIn(back, ownBackward);
      const found = await readLastOwn(ports, filter, from);
      return context.json(
        {
          entries: found.entries,
          cursor: from === null ? encoded(found.on) : null,
          backCursor: found.back && encoded(found.back),
          hasMore: false,
        },
        200,
      );
    })
    .openapi(ofAgent, async (context) => {
      const { name } = context.req.valid('param');
      const said = context.req.valid('query');
      const filter = entryFilter(said);
      const { cursor, back_cursor: back } = said;
      // Its command line takes our run ids for names of agents.
      const run = await ports.documents.get<Run>(`runs/${name}`);
      if (run) return context.json(await logOf(run, filter, said), 200);
      const found =
        cursor === undefined || back !== undefined
          ? await readLast(ports, name, filter, back === undefined ? null : placeIn(back, backward))
          : await readSince(ports, name, filter, placeIn(cursor, forward));
      return context.json(
        {
          entries: found.entries,
          cursor: back === undefined ? encoded(found.on) : null,
          backCursor: found.back && encoded(found.back),
          hasMore: found.more,
        },
        200,
      );
    })
    .openapi(ofRun, async (context) => {
      const { name, instanceId } = context.req.valid('param');
      const said = context.req.valid('query');
      const filter = entryFilter(said);
      const run = await ports.documents.get<Run>(`runs/${instanceId}`);
      const isThere = run !== undefined && run.data.agent === name;
      return context.json(isThere ? await logOf(run, filter, said) : nothing, 200);
    });

  async function logOf(
    { id, data: { agent } }: Document<Run>,
    filter: EntryFilter,
    { cursor, back_cursor: back }: z.infer<typeof query>,
  ): Promise<Log> {
    const from =
      back !== undefined
        ? { before: placeOfLogCursor(back) }
        : cursor !== undefined && { after: placeOfLogCursor(cursor) };
    const page = await readLogPage(ports, id, {
      limit: filter.limit,
      keep: lineFilter(filter, agent, id),
      ...(from ? { from } : {}),
    });
    const isOn = cursor !== undefined && back === undefined;
    return {
      entries: page.lines.map((line) => entryOf(line, agent, id)),
      cursor: back === undefined ? logCursorOf(page.end ?? logStart) : null,
      backCursor: isOn || !page.start ? null : logCursorOf(page.start),
      hasMore: isOn && page.more,
    };
  }
}

/** What Action Llama answers for a run that it does not know. */
const nothing: Log = { entries: [], cursor: null, backCursor: null, hasMore: false };
