import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Agent } from '../../../shared/projects/project.ts';
import { agentIn } from '../../../shared/projects/project.ts';
import { countRuns, listRuns } from '../../../shared/runs/list.ts';
import type { Run } from '../../../shared/runs/run.ts';
import { isOver } from '../../../shared/runs/states.ts';
import type { Instance } from '../../instance.ts';
import type { ControlEnv } from '../authenticate.ts';
import { answers, nameParam } from '../parts.ts';
import { agentOf, releaseNow } from '../release-now.ts';
import { agentStatus, instanceView, readStatus, recentLine, schedulerInfo } from './status-view.ts';
import { ended, resultOf, tookMs } from './words.ts';

const tags = ['Action Llama'];
/** Finished runs that a summary looks at, at most. */
const summarised = 200;

const status = createRoute({
  method: 'get',
  path: '/api/dashboard/status',
  tags,
  summary: 'Agents, the scheduler, and what happened last',
  responses: answers(
    'The status.',
    z.object({
      agents: z.array(agentStatus),
      schedulerInfo,
      recentLogs: z.array(recentLine),
    }),
  ),
});

const summary = z.object({
  agentName: z.string(),
  totalRuns: z.number(),
  okRuns: z.number(),
  errorRuns: z.number(),
  avgDurationMs: z.number(),
  totalTokens: z.number(),
  totalCost: z.number(),
  avgPreHookMs: z.null(),
  avgPostHookMs: z.null(),
});

const agent = createRoute({
  method: 'get',
  path: '/api/dashboard/agents/{name}',
  tags,
  summary: 'One agent: status, configuration, and its newest finished runs in sum',
  request: { params: nameParam },
  responses: answers(
    'The agent; null when there is none.',
    z.object({
      agent: agentStatus.nullable(),
      agentConfig: z.looseObject({}).nullable(),
      summary: summary.nullable(),
      runningInstances: z.array(instanceView),
      totalHistorical: z.number(),
    }),
  ),
});

const skill = createRoute({
  method: 'get',
  path: '/api/dashboard/agents/{name}/skill',
  tags,
  summary: "An agent's instructions",
  request: { params: nameParam },
  responses: answers('Their text.', z.object({ body: z.string() })),
});

const config = createRoute({
  method: 'get',
  path: '/api/dashboard/config',
  tags,
  summary: 'The project in a few words',
  responses: answers(
    'The project.',
    z.object({
      projectName: z.string(),
      projectScale: z.number().nullable(),
      webhooksActive: z.boolean(),
    }),
  ),
});

/** What Action Llama's dashboard reads, as far as it is data. */
export function dashboardRoutes(instance: Instance) {
  const { ports } = instance;
  return new OpenAPIHono<ControlEnv>()
    .openapi(status, async (context) => {
      const { agents, scheduler: schedulerInfo, recentLogs } = await readStatus(instance);
      return context.json({ agents, schedulerInfo, recentLogs }, 200);
    })
    .openapi(agent, async (context) => {
      const { name } = context.req.valid('param');
      const [all, found, totalHistorical] = await Promise.all([
        readStatus(instance),
        listRuns(ports, { agent: name, states: ended }, summarised),
        countRuns(ports, { agent: name, states: ended }, 10_000),
      ]);
      const configured = agentIn(all.now.release, name);
      return context.json(
        {
          agent: all.agents.find((one) => one.name === name) ?? null,
          agentConfig: configured ? configOf(name, configured) : null,
          summary: summaryOf(
            name,
            found.documents.map(({ data }) => data),
          ),
          runningInstances: all.instances.filter(({ agentName }) => agentName === name),
          totalHistorical,
        },
        200,
      );
    })
    .openapi(skill, async (context) => {
      const { name } = context.req.valid('param');
      return context.json({ body: agentOf(await releaseNow(instance), name).skill }, 200);
    })
    .openapi(config, async (context) => {
      const { release } = await releaseNow(instance);
      return context.json(
        {
          projectName: release.name,
          projectScale: release.scale,
          webhooksActive: Object.keys(release.sources).length > 0,
        },
        200,
      );
    });
}

/** Its configuration: of its variables the names, since people put into values what is nobody's business. */
function configOf(name: string, { env, skill: _skill, params, schedule, ...agent }: Agent) {
  return {
    name,
    ...agent,
    schedule: schedule?.cron ?? null,
    params: JSON.parse(params) as unknown,
    env: Object.keys(env),
  };
}

function summaryOf(agentName: string, runs: readonly Run[]): z.infer<typeof summary> | null {
  if (runs.length === 0) return null;
  const results = runs.filter(({ state }) => isOver(state)).map(resultOf);
  const okRuns = results.filter((result) => result === 'completed' || result === 'rerun').length;
  const took = runs.map((run) => tookMs(run) ?? 0);
  return {
    agentName,
    totalRuns: runs.length,
    okRuns,
    errorRuns: results.filter((result) => result === 'error').length,
    avgDurationMs: took.reduce((sum, ms) => sum + ms, 0) / took.length,
    totalTokens: runs.reduce((sum, { usage }) => sum + (usage?.totalTokens ?? 0), 0),
    totalCost: runs.reduce((sum, { usage }) => sum + (usage?.cost ?? 0), 0),
    avgPreHookMs: null,
    avgPostHookMs: null,
  };
}
