import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { explainRun, type RunExplanation } from '../../shared/runs/explain-run.ts';
import type { Instance } from '../instance.ts';
import type { ControlEnv } from './authenticate.ts';
import { answers, runParam } from './parts.ts';
import { pageOf, reason, runPage, state } from './run-view.ts';
import { existing } from './runs.ts';

const link = z
  .object({
    id: z.string(),
    state: state.nullable().openapi({ description: 'Null: it is not there any more.' }),
    reason: reason.nullable(),
    summary: z.string(),
  })
  .openapi('RunLink');

const explanation = z
  .object({
    run: runPage,
    delivery: z
      .object({ id: z.string(), what: z.string(), received: z.iso.datetime() })
      .nullable()
      .openapi({ description: 'Null: it has none, or that is not there any more.' }),
    whyAgent: z.array(z.string()).openapi({ description: 'Why it is this agent that runs.' }),
    whyNow: z.array(z.string()).openapi({
      description: 'What it waited for, or waits for; empty when it started at once.',
    }),
    stages: z
      .array(z.object({ name: z.string(), at: z.string(), ms: z.number(), isOpen: z.boolean() }))
      .openapi({ description: 'The parts of its life, and how long each took.' }),
    retries: z
      .array(z.object({ at: z.string(), why: z.string() }))
      .openapi({ description: 'Launches of it that had to be repeated.' }),
    before: z.array(link).openapi({ description: 'Runs that it follows, the first one first.' }),
    // Not `nullable`: what refers to a schema by its name would have to be both an object of it and null.
    next: z.union([link, z.null()]),
    locks: z.array(z.object({ key: z.string(), fence: z.number(), until: z.iso.datetime() })),
  })
  .openapi('RunExplanation');

const explaining = createRoute({
  method: 'get',
  path: '/v1/runs/{run}/explain',
  tags: ['runs'],
  summary:
    'What there is to know about one run: what it goes back to, why then, and where its time went',
  request: { params: runParam },
  responses: answers('The run, explained.', explanation),
});

/** Explaining runs. */
export function explain({ ports, releases }: Instance) {
  return new OpenAPIHono<ControlEnv>().openapi(explaining, async (context) => {
    const { run } = context.req.valid('param');
    const explained = await explainRun(ports, releases, await existing(ports, run));
    return context.json(viewOf(explained), 200);
  });
}

function viewOf({ run, locks, ...rest }: RunExplanation): z.infer<typeof explanation> {
  return {
    ...rest,
    run: pageOf(run),
    locks: locks.map(({ until, ...lock }) => ({ ...lock, until: until.toISOString() })),
  };
}
