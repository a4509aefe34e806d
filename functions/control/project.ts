import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { pauseProject, resumeProject } from '../../shared/agents/pause.ts';
import { largestScale } from '../../shared/projects/project.ts';
import { rescale } from '../../shared/projects/rescale.ts';
import { refusal } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import { pause as pauseSchema } from './agent-view.ts';
import { changed } from './agents.ts';
import type { ControlEnv } from './authenticate.ts';
import { actorOf, answers, body, why, whyHeader } from './parts.ts';
import { releaseNow } from './release-now.ts';

const tags = ['project'];

const project = z
  .object({
    name: z.string(),
    release: z.string(),
    publishedAt: z.string(),
    timezone: z.string(),
    scale: z.number().nullable().openapi({ description: 'Null: no limit.' }),
    inFlight: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'Runs that have a slot of the project; null without a limit.' }),
    paused: pauseSchema.nullable(),
    agents: z.array(z.string()),
    sources: z.record(z.string(), z.string()).openapi({ description: 'Webhook sources, by type.' }),
  })
  .openapi('Project');

const show = createRoute({
  method: 'get',
  path: '/v1/project',
  tags,
  summary: 'The project as it is published',
  responses: answers('The project.', project),
});

const changing = { headers: whyHeader, ...body(z.strictObject({ why })) };

const pause = createRoute({
  method: 'post',
  path: '/v1/project/pause',
  tags,
  summary: 'Hold every agent: triggers are admitted and wait',
  request: changing,
  responses: answers('Whether it was not paused before.', changed),
});

const resume = createRoute({
  method: 'post',
  path: '/v1/project/resume',
  tags,
  summary: 'Let the project go on, with everything that waited',
  request: changing,
  responses: answers('Whether it was paused before.', changed),
});

const scaling = createRoute({
  method: 'post',
  path: '/v1/project/scale',
  tags,
  summary: 'Change how many runs of all agents there may be at one time',
  description:
    'Publishes the current release with another scale; the next publication overrides it.',
  request: {
    headers: whyHeader,
    ...body(z.strictObject({ scale: z.int().min(1).max(largestScale.project), why })),
  },
  responses: answers(
    'The release that is current now.',
    z.object({ release: z.string(), changed: z.boolean() }),
  ),
});

/** The project as a whole. */
export function theProject(instance: Instance) {
  const { ports } = instance;
  return new OpenAPIHono<ControlEnv>()
    .openapi(show, async (context) => {
      const { id, release, current } = await releaseNow(instance);
      const sources = Object.entries(release.sources).map(([name, { type }]) => [name, type]);
      return context.json(
        {
          name: release.name,
          release: id,
          publishedAt: release.publishedAt,
          timezone: release.timezone,
          scale: release.scale,
          inFlight: release.scale === null ? null : current.inFlight,
          paused: current.paused,
          agents: Object.keys(release.agents),
          sources: Object.fromEntries(sources),
        },
        200,
      );
    })
    .openapi(pause, async (context) => {
      await releaseNow(instance);
      const actor = actorOf(context, context.req.valid('json'));
      return context.json({ changed: await pauseProject(ports, actor) }, 200);
    })
    .openapi(resume, async (context) => {
      await releaseNow(instance);
      const actor = actorOf(context, context.req.valid('json'));
      return context.json({ changed: await resumeProject(ports, actor) }, 200);
    })
    .openapi(scaling, async (context) => {
      const said = context.req.valid('json');
      const result = await rescale(ports, { scale: said.scale }, actorOf(context, said));
      if (!result.ok) throw refusal('nothing-published', 'no project is published');
      return context.json({ release: result.release, changed: result.changed }, 200);
    });
}
