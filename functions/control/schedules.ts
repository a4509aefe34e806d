import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { scheduleProblem, timezoneProblem } from '../../shared/schedules/cron.ts';
import { nextRuns } from '../../shared/schedules/next-runs.ts';
import { refusal } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import type { ControlEnv } from './authenticate.ts';
import { answers, count, time } from './parts.ts';
import { releaseNow } from './release-now.ts';

const tags = ['schedules'];
/** Minutes that are shown of a schedule, unless it is asked for more or fewer. */
const usualRuns = 10;

const due = z.array(z.iso.datetime()).openapi({ description: 'Minutes at which it is due.' });

const all = createRoute({
  method: 'get',
  path: '/v1/schedules',
  tags,
  summary: 'When each agent with a schedule is due next',
  request: { query: z.object({ count: count(100), from: time() }) },
  responses: answers(
    'One entry an agent, in the order of the project.',
    z.object({
      schedules: z.array(
        z.object({
          agent: z.string(),
          cron: z.string(),
          timezone: z.string(),
          catchup: z.enum(['none', 'last', 'all']),
          jitter: z.number(),
          due,
        }),
      ),
    }),
  ),
});

const preview = createRoute({
  method: 'get',
  path: '/v1/schedules/preview',
  tags,
  summary: 'When a schedule that nobody has yet would be due',
  request: {
    query: z.object({
      cron: z.string().max(1_000),
      timezone: z.string().max(100).optional().openapi({ description: "Default: the project's." }),
      count: count(100),
      from: time(),
    }),
  },
  responses: answers('The next minutes.', z.object({ due })),
});

/** Schedules, looked at ahead of time. */
export function schedules(instance: Instance) {
  const { clock } = instance.ports;
  return new OpenAPIHono<ControlEnv>()
    .openapi(all, async (context) => {
      const { release } = await releaseNow(instance);
      const { count = usualRuns, from = clock.now() } = context.req.valid('query');
      const found = Object.entries(release.agents).flatMap(([agent, { schedule }]) =>
        schedule ? [{ agent, ...schedule, due: timesOf(nextRuns(schedule, from, count)) }] : [],
      );
      return context.json({ schedules: found }, 200);
    })
    .openapi(preview, async (context) => {
      const { cron, timezone, ...asked } = context.req.valid('query');
      const zone = timezone ?? (await releaseNow(instance)).release.timezone;
      const { count = usualRuns, from = clock.now() } = asked;
      const wrong = [
        ['cron', scheduleProblem(cron)],
        ['timezone', timezoneProblem(zone)],
      ].flatMap(([field, problem]) => (problem === undefined ? [] : [`${field} ${problem}`]));
      if (wrong.length > 0) throw refusal('bad-request', wrong.join('; '));
      return context.json({ due: timesOf(nextRuns({ cron, timezone: zone }, from, count)) }, 200);
    });
}

function timesOf(times: readonly Date[]): string[] {
  return times.map((time) => time.toISOString());
}
