import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { pauseAgent, resumeAgent } from '../../shared/agents/pause.ts';
import { readAgentState } from '../../shared/agents/state.ts';
import { agentIn, largestScale } from '../../shared/projects/project.ts';
import { rescale } from '../../shared/projects/rescale.ts';
import { largestInput } from '../../shared/runs/input.ts';
import { killAgent } from '../../shared/runs/kill.ts';
import { triggerRun } from '../../shared/runs/trigger-run.ts';
import { askerNow } from '../http/trace.ts';
import type { Instance } from '../instance.ts';
import { agentPage, viewOf } from './agent-view.ts';
import type { ControlEnv } from './authenticate.ts';
import {
  actorOf,
  agentParam,
  answers,
  body,
  keyHeader,
  keyOf,
  text,
  unknown,
  why,
  whyHeader,
} from './parts.ts';
import { agentOf, releaseNow } from './release-now.ts';
import { started, startedOf } from './runs.ts';

const tags = ['agents'];

const list = createRoute({
  method: 'get',
  path: '/v1/agents',
  tags,
  summary: 'The agents of the current release, and why each starts nothing now, if so',
  responses: answers('All of them.', z.object({ agents: z.array(agentPage) })),
});

const one = createRoute({
  method: 'get',
  path: '/v1/agents/{agent}',
  tags,
  summary: 'One agent',
  request: { params: agentParam },
  responses: answers('The agent.', agentPage),
});

const trigger = createRoute({
  method: 'post',
  path: '/v1/agents/{agent}/trigger',
  tags,
  summary: 'Run an agent now',
  request: {
    params: agentParam,
    headers: keyHeader,
    ...body(z.strictObject({ prompt: text(largestInput).optional(), why })),
  },
  responses: answers('Its run.', started),
});

/** Whether something is now as it was asked for, and whether it was before. */
export const changed = z.object({ changed: z.boolean() }).openapi('Changed');

const changing = { params: agentParam, headers: whyHeader, ...body(z.strictObject({ why })) };

const pause = createRoute({
  method: 'post',
  path: '/v1/agents/{agent}/pause',
  tags,
  summary: 'Hold an agent: its triggers are admitted and wait',
  request: changing,
  responses: answers('Whether it was not paused before.', changed),
});

const resume = createRoute({
  method: 'post',
  path: '/v1/agents/{agent}/resume',
  tags,
  summary: 'Let an agent go on, with everything that waited',
  request: changing,
  responses: answers('Whether it was paused before.', changed),
});

const kill = createRoute({
  method: 'post',
  path: '/v1/agents/{agent}/kill',
  tags,
  summary: 'Kill the runs that an agent has in flight, and those that are queued if asked',
  request: {
    params: agentParam,
    headers: whyHeader,
    ...body(z.strictObject({ queued: z.boolean().optional(), why })),
  },
  responses: answers(
    'What became of each run.',
    z.object({ runs: z.record(z.string(), z.string()) }),
  ),
});

const scale = z.int().min(1).max(largestScale.agent);

const scaling = createRoute({
  method: 'post',
  path: '/v1/agents/{agent}/scale',
  tags,
  summary: 'Change how many runs of an agent there may be at one time',
  description:
    'Publishes the current release with another scale; the next publication overrides it.',
  request: {
    params: agentParam,
    headers: whyHeader,
    ...body(z.strictObject({ scale, why })),
  },
  responses: answers(
    'The release that is current now.',
    z.object({ release: z.string(), changed: z.boolean() }),
  ),
});

/** Agents: what they are doing, and what people may do about it. */
export function agents(instance: Instance) {
  const { ports, settings, releases } = instance;
  /** An agent that a release took away is one for as long as it has a state: what it has left may wait, and be held. */
  const known = async (name: string): Promise<void> => {
    const { release } = await releaseNow(instance);
    if (agentIn(release, name)) return;
    const { document } = await readAgentState(ports, name);
    if (!document) throw unknown(`agent ${name}`);
  };
  return new OpenAPIHono<ControlEnv>()
    .openapi(list, async (context) => {
      const now = await releaseNow(instance);
      const all = Object.entries(now.release.agents);
      const views = all.map(([name, agent]) => viewOf(ports, now, name, agent));
      return context.json({ agents: await Promise.all(views) }, 200);
    })
    .openapi(one, async (context) => {
      const { agent } = context.req.valid('param');
      const now = await releaseNow(instance);
      return context.json(await viewOf(ports, now, agent, agentOf(now, agent)), 200);
    })
    .openapi(trigger, async (context) => {
      const { agent } = context.req.valid('param');
      const said = context.req.valid('json');
      const now = await releaseNow(instance);
      agentOf(now, agent);
      const requested = await triggerRun(ports, settings, now, {
        agent,
        prompt: said.prompt ?? null,
        key: keyOf(context),
        actor: actorOf(context, said),
        asker: askerNow(),
      });
      return context.json(startedOf(requested), 200);
    })
    .openapi(pause, async (context) => {
      const { agent } = context.req.valid('param');
      await known(agent);
      const actor = actorOf(context, context.req.valid('json'));
      return context.json({ changed: await pauseAgent(ports, agent, actor) }, 200);
    })
    .openapi(resume, async (context) => {
      const { agent } = context.req.valid('param');
      await known(agent);
      const actor = actorOf(context, context.req.valid('json'));
      return context.json({ changed: await resumeAgent(ports, agent, actor) }, 200);
    })
    .openapi(kill, async (context) => {
      const { agent } = context.req.valid('param');
      const { queued = false, ...said } = context.req.valid('json');
      await known(agent);
      const actor = actorOf(context, said);
      const killed = await killAgent(ports, releases, agent, actor, { queued });
      return context.json({ runs: killed }, 200);
    })
    .openapi(scaling, async (context) => {
      const { agent } = context.req.valid('param');
      const said = context.req.valid('json');
      const result = await rescale(ports, { agent, scale: said.scale }, actorOf(context, said));
      if (!result.ok) throw unknown(`agent ${agent}`);
      return context.json({ release: result.release, changed: result.changed }, 200);
    });
}
