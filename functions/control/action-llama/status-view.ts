import { z } from '@hono/zod-openapi';
import type { AgentState } from '../../../shared/agents/state.ts';
import { readAgentState } from '../../../shared/agents/state.ts';
import type { Document } from '../../../shared/ports/index.ts';
import type { Agent } from '../../../shared/projects/project.ts';
import { listRuns } from '../../../shared/runs/list.ts';
import type { Run } from '../../../shared/runs/run.ts';
import { nextRuns } from '../../../shared/schedules/next-runs.ts';
import type { Instance } from '../../instance.ts';
import { type Now, releaseNow } from '../release-now.ts';
import { begunAt, ended, inFlight, resultOf, tookMs, triggerText } from './words.ts';

/** Open runs that a status looks at. */
const mostOpen = 1_000;
/** Newest runs that it tells the last events of. */
const mostRecent = 100;
/** What happened last, in lines. */
const shownLines = 20;

export const instanceView = z.object({
  id: z.string(),
  agentName: z.string(),
  status: z.enum(['running', 'completed', 'error', 'killed']),
  startedAt: z.iso.datetime(),
  trigger: z.string(),
});

export const agentStatus = z.object({
  name: z.string(),
  description: z.string(),
  state: z.enum(['idle', 'running', 'error']),
  enabled: z.boolean(),
  statusText: z.string().nullable(),
  lastError: z.string().nullable(),
  lastRunAt: z.iso.datetime().nullable(),
  lastRunDuration: z.number().nullable(),
  nextRunAt: z.iso.datetime().nullable(),
  queuedWebhooks: z.number(),
  scale: z.number(),
  runningCount: z.number(),
  taskUrl: z.string().nullable(),
  runReason: z.string().nullable(),
  lastRunUsage: z.null(),
  cumulativeUsage: z.null(),
});

export const schedulerInfo = z.object({
  mode: z.literal('docker'),
  runtime: z.literal('cloud-run'),
  projectName: z.string(),
  gatewayPort: z.null(),
  cronJobCount: z.number(),
  webhooksActive: z.boolean(),
  webhookUrls: z.array(z.string()),
  startedAt: z.string(),
  paused: z.boolean(),
});

export const recentLine = z.object({
  timestamp: z.string(),
  agent: z.string(),
  message: z.string(),
});

/** Everything that Action Llama's status is made of. */
export interface Status {
  now: Now;
  scheduler: z.infer<typeof schedulerInfo>;
  instances: z.infer<typeof instanceView>[];
  agents: z.infer<typeof agentStatus>[];
  queueSizes: { [agent: string]: number };
  recentLogs: z.infer<typeof recentLine>[];
}

/** The project's status now. */
export async function readStatus(instance: Instance): Promise<Status> {
  const { ports } = instance;
  const now = await releaseNow(instance);
  const names = Object.keys(now.release.agents);
  const [open, newest, states, last] = await Promise.all([
    listRuns(ports, { states: ['queued', ...inFlight] }, mostOpen),
    listRuns(ports, {}, mostRecent),
    Promise.all(names.map((name) => readAgentState(ports, name))),
    Promise.all(names.map((agent) => listRuns(ports, { agent, states: ended }, 1))),
  ]);
  const time = ports.clock.now();
  const known = Object.entries(now.release.agents).map(([name, agent], index) =>
    agentOf(time, name, agent, states[index]?.data, {
      open: open.documents,
      last: last[index]?.documents[0]?.data,
    }),
  );
  const queued = open.documents.filter(({ data }) => data.state === 'queued');
  const sizes = names.map((name): [string, number] => [
    name,
    queued.filter(({ data }) => data.agent === name).length,
  ]);
  return {
    now,
    scheduler: schedulerOf(now),
    instances: open.documents.filter(({ data }) => data.state !== 'queued').map(instanceOf),
    agents: known,
    queueSizes: Object.fromEntries(sizes),
    recentLogs: recentOf(newest.documents),
  };
}

function schedulerOf({ release, current }: Now): Status['scheduler'] {
  const agents = Object.values(release.agents);
  const sources = Object.keys(release.sources);
  return {
    mode: 'docker',
    runtime: 'cloud-run',
    projectName: release.name,
    gatewayPort: null,
    cronJobCount: agents.filter(({ schedule }) => schedule !== null).length,
    webhooksActive: sources.length > 0,
    webhookUrls: sources.map((source) => `/webhooks/${source}`),
    startedAt: release.publishedAt,
    paused: current.paused !== null,
  };
}

export function instanceOf({ id, data }: Document<Run>): z.infer<typeof instanceView> {
  const result = resultOf(data);
  const status = data.state === 'killed' ? 'killed' : result === 'running' ? result : undefined;
  return {
    id,
    agentName: data.agent,
    status: status ?? (result === 'completed' || result === 'rerun' ? 'completed' : 'error'),
    startedAt: new Date(begunAt(data)).toISOString(),
    trigger: triggerText(data.trigger),
  };
}

function agentOf(
  now: number,
  name: string,
  { description, schedule, scale }: Agent,
  state: AgentState | undefined,
  { open, last }: { open: Document<Run>[]; last: Run | undefined },
): z.infer<typeof agentStatus> {
  const own = open.filter(({ data }) => data.agent === name);
  const [running] = own.filter(({ data }) => data.state !== 'queued');
  const enabled = scale > 0 && !state?.paused;
  const next = enabled && schedule ? nextRuns(schedule, now, 1)[0] : undefined;
  const failed = last !== undefined && resultOf(last) === 'error';
  return {
    name,
    description,
    state: running ? 'running' : failed ? 'error' : 'idle',
    enabled,
    statusText: running?.data.status ?? null,
    lastError: failed ? last.summary : null,
    lastRunAt: last?.times[last.state] ?? null,
    lastRunDuration: last ? tookMs(last) : null,
    nextRunAt: next?.toISOString() ?? null,
    queuedWebhooks: own.filter(({ data }) => data.state === 'queued').length,
    scale,
    runningCount: own.filter(({ data }) => data.state !== 'queued').length,
    taskUrl: running?.data.links.execution ?? null,
    runReason: running ? triggerText(running.data.trigger) : null,
    lastRunUsage: null,
    cumulativeUsage: null,
  };
}

/** What happened last, the oldest first. */
function recentOf(runs: readonly Document<Run>[]): Status['recentLogs'] {
  const lines = runs.flatMap(({ id, data: { agent, timeline } }) =>
    timeline.map(({ at, state, why }) => ({
      timestamp: at,
      agent,
      message: `${id} ${state}: ${why}`,
    })),
  );
  const sorted = lines.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
  return sorted.slice(-shownLines);
}
