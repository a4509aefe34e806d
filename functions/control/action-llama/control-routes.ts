import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import {
  pauseAgent,
  pauseProject,
  resumeAgent,
  resumeProject,
} from '../../../shared/agents/pause.ts';
import { listLocks } from '../../../shared/locks/list.ts';
import { largestScale } from '../../../shared/projects/project.ts';
import { rescale } from '../../../shared/projects/rescale.ts';
import { largestInput } from '../../../shared/runs/input.ts';
import { killAgent, killRun } from '../../../shared/runs/kill.ts';
import { triggerRun } from '../../../shared/runs/trigger-run.ts';
import { type Refusal, refusal } from '../../http/refusal.ts';
import { askerNow } from '../../http/trace.ts';
import type { Instance } from '../../instance.ts';
import type { ControlEnv } from '../authenticate.ts';
import {
  actorOf,
  answers,
  body,
  instanceParam,
  keyHeader,
  keyOf,
  nameParam,
  text,
  why,
  whyHeader,
} from '../parts.ts';
import { releaseNow } from '../release-now.ts';
import { startedOf } from '../runs.ts';
import { agentStatus, instanceView, readStatus, schedulerInfo } from './status-view.ts';

const tags = ['Action Llama'];

const done = z.object({ success: z.literal(true), message: z.string() });
const doneKilling = done.extend({ killed: z.number() });
const doneStarting = done.extend({ instanceId: z.string() });

/** A change without a body of its own. */
const plain = <P extends string>(path: P, summary: string) =>
  createRoute({
    method: 'post',
    path,
    tags,
    summary,
    request: { headers: whyHeader, ...body(z.object({ why })) },
    responses: answers('Done.', done),
  });

/** The same of an agent. */
const ofAgent = <P extends string>(path: P, summary: string) =>
  createRoute({
    method: 'post',
    path,
    tags,
    summary,
    request: { params: nameParam, headers: whyHeader, ...body(z.object({ why })) },
    responses: answers('Done.', done),
  });

const status = createRoute({
  method: 'get',
  path: '/control/status',
  tags,
  summary: 'What al status shows',
  responses: answers(
    'The status.',
    z.object({
      scheduler: schedulerInfo,
      instances: z.array(instanceView),
      agents: z.array(agentStatus),
      running: z.number(),
      queueSizes: z.record(z.string(), z.number()),
    }),
  ),
});

const instances = createRoute({
  method: 'get',
  path: '/control/instances',
  tags,
  summary: 'Runs in flight',
  responses: answers('The runs.', z.object({ instances: z.array(instanceView) })),
});

const locks = createRoute({
  method: 'get',
  path: '/locks/status',
  tags,
  summary: 'Locks that are held now, as al status shows them',
  responses: answers(
    'The locks.',
    z.object({
      locks: z.array(
        z.object({
          resourceKey: z.string(),
          agentName: z.string(),
          holder: z.string(),
          heldSince: z.number(),
        }),
      ),
    }),
  ),
});

const trigger = createRoute({
  method: 'post',
  path: '/control/trigger/{name}',
  tags,
  summary: 'Run an agent now',
  request: {
    params: nameParam,
    headers: keyHeader,
    ...body(z.object({ prompt: text(largestInput).optional(), why })),
  },
  responses: answers('Its run; of a paused agent it waits.', doneStarting),
});

const kill = createRoute({
  method: 'post',
  path: '/control/kill/{instanceId}',
  tags,
  summary: 'Kill a run',
  request: { params: instanceParam, headers: whyHeader, ...body(z.object({ why })) },
  responses: answers('Done.', done),
});

const killOfAgent = createRoute({
  method: 'post',
  path: '/control/agents/{name}/kill',
  tags,
  summary: 'Kill the runs that an agent has in flight',
  request: { params: nameParam, headers: whyHeader, ...body(z.object({ why })) },
  responses: answers('How many.', doneKilling),
});

/** Action Llama takes a number as text as well. */
const scaleBody = body(z.object({ scale: z.union([z.number(), z.string()]).optional(), why }));

const scaleOfAgent = createRoute({
  method: 'post',
  path: '/control/agents/{name}/scale',
  tags,
  summary: 'Change how many runs of an agent there may be at one time',
  request: { params: nameParam, headers: whyHeader, ...scaleBody },
  responses: answers('Done.', done),
});

const scaleOfProject = createRoute({
  method: 'post',
  path: '/control/project/scale',
  tags,
  summary: 'Change how many runs of all agents there may be at one time',
  request: { headers: whyHeader, ...scaleBody },
  responses: answers('Done.', done),
});

/** Locks that al status shows, at most. */
const mostLocks = 1_000;

/** Action Llama's operator routes, with its bodies and statuses. */
export function controlRoutes(instance: Instance) {
  const { ports, settings, releases } = instance;
  const known = async (name: string) => {
    const now = await releaseNow(instance);
    if (!Object.hasOwn(now.release.agents, name)) throw notFound(`Agent ${name}`);
    return now;
  };
  return new OpenAPIHono<ControlEnv>()
    .openapi(status, async (context) => {
      const { scheduler, instances, agents, queueSizes } = await readStatus(instance);
      const running = instances.length;
      return context.json({ scheduler, instances, agents, running, queueSizes }, 200);
    })
    .openapi(instances, async (context) => {
      const { instances } = await readStatus(instance);
      return context.json({ instances }, 200);
    })
    .openapi(locks, async (context) => {
      const held = await listLocks(ports, mostLocks);
      const locks = held.map(({ key, agent, holder, takenAt }) => ({
        resourceKey: key,
        agentName: agent,
        holder,
        heldSince: takenAt.getTime(),
      }));
      return context.json({ locks }, 200);
    })
    .openapi(trigger, async (context) => {
      const { name } = context.req.valid('param');
      const said = context.req.valid('json');
      const requested = await triggerRun(ports, settings, await known(name), {
        agent: name,
        prompt: said.prompt?.trim() ?? null,
        key: keyOf(context),
        actor: actorOf(context, said),
        asker: askerNow(),
      });
      const { run: instanceId, held } = startedOf(requested);
      const message = `Agent ${name} triggered${held === null ? '' : `; it waits: ${held}`}`;
      return context.json({ success: true as const, message, instanceId }, 200);
    })
    .openapi(kill, async (context) => {
      const { instanceId } = context.req.valid('param');
      const actor = actorOf(context, context.req.valid('json'));
      const killed = await killRun(ports, releases, instanceId, actor);
      if (killed === 'unknown' || killed === 'over') throw notFound(`Instance ${instanceId}`);
      return context.json(success(`Instance ${instanceId} killed`), 200);
    })
    .openapi(plain('/control/pause', 'Hold every agent'), async (context) => {
      await releaseNow(instance);
      await pauseProject(ports, actorOf(context, context.req.valid('json')));
      return context.json(success('Scheduler paused'), 200);
    })
    .openapi(plain('/control/resume', 'Let the project go on'), async (context) => {
      await releaseNow(instance);
      await resumeProject(ports, actorOf(context, context.req.valid('json')));
      return context.json(success('Scheduler resumed'), 200);
    })
    .openapi(plain('/control/stop', 'Refused: there is no process to stop'), () => {
      throw refusal(
        'not-possible',
        'There is no scheduler process to stop: between runs nothing is running. POST /control/pause holds every agent, and POST /control/agents/<name>/kill ends what runs',
      );
    })
    .openapi(ofAgent('/control/agents/{name}/enable', 'As resume'), async (context) => {
      const { name } = context.req.valid('param');
      await known(name);
      await resumeAgent(ports, name, actorOf(context, context.req.valid('json')));
      return context.json(success(`Agent ${name} enabled`), 200);
    })
    .openapi(ofAgent('/control/agents/{name}/disable', 'As pause'), async (context) => {
      const { name } = context.req.valid('param');
      await known(name);
      await pauseAgent(ports, name, actorOf(context, context.req.valid('json')));
      return context.json(success(`Agent ${name} disabled`), 200);
    })
    .openapi(ofAgent('/control/agents/{name}/pause', 'Hold an agent'), async (context) => {
      const { name } = context.req.valid('param');
      await known(name);
      await pauseAgent(ports, name, actorOf(context, context.req.valid('json')));
      return context.json(success(`Agent ${name} paused`), 200);
    })
    .openapi(ofAgent('/control/agents/{name}/resume', 'Let an agent go on'), async (context) => {
      const { name } = context.req.valid('param');
      await known(name);
      await resumeAgent(ports, name, actorOf(context, context.req.valid('json')));
      return context.json(success(`Agent ${name} resumed`), 200);
    })
    .openapi(killOfAgent, async (context) => {
      const { name } = context.req.valid('param');
      await known(name);
      const actor = actorOf(context, context.req.valid('json'));
      const became = Object.values(await killAgent(ports, releases, name, actor));
      const killed = became.filter((one) => one !== 'over' && one !== 'unknown').length;
      const message = `Killed ${killed} instance(s) of ${name}`;
      return context.json({ success: true as const, message, killed }, 200);
    })
    .openapi(scaleOfAgent, async (context) => {
      const { name: agent } = context.req.valid('param');
      const said = context.req.valid('json');
      const scale = scaleOf(said.scale, largestScale.agent);
      await known(agent);
      const result = await rescale(ports, { agent, scale }, actorOf(context, said));
      if (!result.ok) throw notFound(`Agent ${agent}`);
      return context.json(success(`Agent ${agent} scale updated to ${scale}`), 200);
    })
    .openapi(scaleOfProject, async (context) => {
      const said = context.req.valid('json');
      const scale = scaleOf(said.scale, largestScale.project);
      await releaseNow(instance);
      await rescale(ports, { scale }, actorOf(context, said));
      return context.json(success(`Project scale updated to ${scale}`), 200);
    });
}

function success(message: string): z.infer<typeof done> {
  return { success: true, message };
}

function notFound(what: string): Refusal {
  return refusal('not-found', `${what} not found`);
}

function scaleOf(said: number | string | undefined, largest: number): number {
  const scale = typeof said === 'string' && /^\d+$/.test(said) ? Number(said) : said;
  const isScale = typeof scale === 'number' && Number.isInteger(scale) && scale >= 1;
  if (!isScale || scale > largest) {
    throw refusal(
      'bad-request',
      `Scale must be a positive integer, at most ${largest}; to hold an agent, pause it`,
    );
  }
  return scale;
}
