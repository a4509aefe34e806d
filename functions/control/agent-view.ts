import { z } from '@hono/zod-openapi';
import { countQueued } from '../../shared/agents/queue.ts';
import { readAgentState } from '../../shared/agents/state.ts';
import { whyWaiting } from '../../shared/agents/waiting.ts';
import type { Agent } from '../../shared/projects/project.ts';
import type { Published } from '../../shared/projects/release.ts';
import { nextRuns } from '../../shared/schedules/next-runs.ts';
import type { Instance } from '../instance.ts';

/** Times at which a schedule is due next that an agent shows. */
const shownRuns = 5;

/** Since when somebody holds something, and why. */
export const pause = z.object({ at: z.string(), by: z.string(), why: z.string() }).openapi('Pause');

/** What an agent is, and what it does now. */
export const agentPage = z
  .object({
    name: z.string(),
    description: z.string(),
    scale: z.number(),
    image: z.string(),
    triggers: z.object({
      schedule: z.string().nullable(),
      webhooks: z.array(z.string()).openapi({ description: 'Its sources.' }),
    }),
    inFlight: z.array(z.string()),
    queued: z.number(),
    dropped: z.number(),
    paused: pause.nullable(),
    waiting: z
      .array(z.object({ reason: z.string(), text: z.string(), until: z.iso.datetime().nullable() }))
      .openapi({ description: 'Why it starts nothing now; empty when it would.' }),
    failures: z.number().openapi({ description: 'Failures in a row.' }),
    spend: z
      .object({ day: z.string(), runs: z.number(), seconds: z.number(), dollars: z.number() })
      .openapi({ description: 'What it has used of its day; the dollars are estimated.' }),
    nextRuns: z.array(z.iso.datetime()).openapi({ description: 'Minutes its schedule is due.' }),
    missed: z.number().openapi({ description: 'Minutes that were due and nothing runs for.' }),
  })
  .openapi('Agent');

/** An agent as it is now. */
export async function viewOf(
  ports: Instance['ports'],
  published: Published,
  name: string,
  agent: Agent,
): Promise<z.infer<typeof agentPage>> {
  const [{ data: state }, queued, waiting] = await Promise.all([
    readAgentState(ports, name),
    countQueued(ports, name),
    whyWaiting(ports, published, name),
  ]);
  const { schedule } = agent;
  const next = schedule ? nextRuns(schedule, ports.clock.now(), shownRuns) : [];
  return {
    name,
    description: agent.description,
    scale: agent.scale,
    image: agent.image,
    triggers: {
      schedule: schedule && `${schedule.cron} (${schedule.timezone})`,
      webhooks: [...new Set(agent.webhooks.map(({ source }) => source))],
    },
    inFlight: state.inFlight,
    queued,
    dropped: state.dropped,
    paused: state.paused,
    waiting: waiting.map(({ reason, text, until = null }) => ({ reason, text, until })),
    failures: state.failures,
    spend: state.spend,
    nextRuns: next.map((time) => time.toISOString()),
    missed: state.schedule?.missed ?? 0,
  };
}
