import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { logStart, readLogPage } from '../../shared/runs/read-log.ts';
import { refusal } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import type { ControlEnv } from './authenticate.ts';
import { logCursorOf, placeOfLogCursor } from './cursor.ts';
import { follow } from './follow.ts';
import { createGrep } from './grep.ts';
import { lineOf, logLine } from './log-view.ts';
import { answers, count, cursor, refusals, runParam } from './parts.ts';
import { existing } from './runs.ts';

const tags = ['logs'];
/** Lines of a page, unless it is asked for more or fewer. */
const usualLines = 200;

const read = createRoute({
  method: 'get',
  path: '/v1/runs/{run}/logs',
  tags,
  summary: "A page of a run's log: its last lines, or those after or before a place",
  request: {
    params: runParam,
    query: z.object({
      limit: count(2_000),
      after: cursor(),
      before: cursor(),
      grep: z.string().optional().openapi({ description: 'A regular expression.' }),
    }),
  },
  responses: answers(
    'Lines in order. after goes on where this page ends, before where it begins; the latter is null at the beginning. The place start is before all lines.',
    z.object({
      lines: z.array(logLine),
      after: z.string(),
      before: z.string().nullable(),
      more: z.boolean(),
    }),
  ),
});

const stream = createRoute({
  method: 'get',
  path: '/v1/runs/{run}/logs/follow',
  tags,
  summary: "A run's log as it grows, as server-sent events",
  description:
    'Events `line` (data: a LogLine) and at last `end` (data: the run as it ended). A connection that is cut before `end` is resumed with Last-Event-ID, as every EventSource does.',
  request: { params: runParam, query: z.object({ after: cursor() }) },
  responses: {
    200: {
      description: 'Events, until the run is over and everything was told.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...refusals,
  },
});

/** Logs of runs. */
export function logs({ ports }: Instance) {
  return new OpenAPIHono<ControlEnv>()
    .openapi(read, async (context) => {
      const { run } = context.req.valid('param');
      const { limit = usualLines, after, before, grep } = context.req.valid('query');
      if (after !== undefined && before !== undefined) {
        throw refusal('bad-request', 'after and before exclude each other');
      }
      const from =
        after !== undefined
          ? { after: placeOfLogCursor(after) }
          : before !== undefined && { before: placeOfLogCursor(before) };
      const matches = grep === undefined ? undefined : createGrep(grep);
      await existing(ports, run);
      const found = await readLogPage(ports, run, {
        limit,
        ...(from ? { from } : {}),
        ...(matches
          ? {
              keep: (lines) => {
                const isMatch = matches(lines.map(({ text }) => text));
                return lines.filter((_line, index) => isMatch[index]);
              },
            }
          : {}),
      });
      return context.json(
        {
          lines: found.lines.map(lineOf),
          after: logCursorOf(found.end ?? logStart),
          before: found.start && logCursorOf(found.start),
          more: found.more,
        },
        200,
      );
    })
    .openapi(stream, async (context) => {
      const { run } = context.req.valid('param');
      const last = context.req.header('last-event-id') || context.req.valid('query').after;
      const place = last === undefined ? logStart : placeOfLogCursor(last);
      await existing(ports, run);
      return follow(context, ports, run, place);
    });
}
