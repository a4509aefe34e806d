import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { summedDays } from '../../shared/costs/day-costs.ts';
import { readCosts } from '../../shared/costs/read-costs.ts';
import type { Instance } from '../instance.ts';
import type { ControlEnv } from './authenticate.ts';
import { agentParam, answers, count, unknown } from './parts.ts';
import { releaseNow } from './release-now.ts';

/** Days that are shown unless another number is asked for. */
const usualDays = 30;

const sums = {
  runs: z.number().openapi({ description: 'Runs that got a slot, and ended.' }),
  seconds: z.number().openapi({ description: 'Seconds that their containers ran.' }),
  compute: z.number(),
  controlPlane: z.number(),
  models: z.number().openapi({ description: 'By the account of the agents.' }),
  total: z.number(),
};

const costOfDay = z.object({ day: z.string(), ...sums }).openapi('CostOfDay');

const agentCosts = z
  .object({
    agent: z.string(),
    ...sums,
    today: z.number().openapi({ description: 'What its budget counts of today.' }),
    dollarsPerDay: z.number().nullable().openapi({ description: 'Null: no limit.' }),
    days: z.array(costOfDay),
  })
  .openapi('AgentCosts');

const costs = z
  .object({
    from: z.string(),
    to: z.string(),
    timezone: z.string(),
    prices: z.string().openapi({ description: 'The date of the prices.' }),
    total: z.object(sums),
    idleDay: z
      .number()
      .openapi({ description: 'What a day costs on which nothing happens; not in the total.' }),
    days: z
      .array(costOfDay)
      .openapi({ description: 'Days on which runs ended, the newest first.' }),
    agents: z.array(agentCosts).openapi({ description: 'The dearest first.' }),
  })
  .openapi('Costs');

const show = createRoute({
  method: 'get',
  path: '/v1/costs',
  tags: ['costs'],
  summary: 'What runs have come to, by agent and by day',
  description:
    'Estimated in US dollars, without free tiers. A run counts on the day on which it ended, in the time zone of the project.',
  request: {
    query: z.object({ days: count(summedDays), agent: agentParam.shape.agent.optional() }),
  },
  responses: answers('The sums.', costs),
});

/** What it all costs. */
export function theCosts(instance: Instance) {
  const { ports, settings } = instance;
  return new OpenAPIHono<ControlEnv>().openapi(show, async (context) => {
    const { days = usualDays, agent } = context.req.valid('query');
    const { release } = await releaseNow(instance);
    const found = await readCosts(ports, release, { days, agent, region: settings.region });
    if (!found) throw unknown(`agent ${agent}`);
    return context.json(found, 200);
  });
}
