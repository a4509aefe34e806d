import { z } from 'zod';

/** `[models.<name>]` of the project. */
const model = z.strictObject({
  provider: z.string(),
  model: z.string(),
  authType: z.string().optional(),
  thinkingLevel: z.enum(['off', 'minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  baseUrl: z.string().optional(),
});

const positive = z.int().min(1);
const count = z.int().min(0);
const names = z.array(z.string().min(1));

/** Seven days in seconds: the longest task timeout of Cloud Run (Cloud Run quotas page). */
const longestTimeout = 7 * 24 * 3_600;

/** `512Mi`, `2Gi`, or Docker's `4g`. */
const memory = z
  .string()
  .regex(/^[1-9]\d*(Mi|Gi|m|g)$/, 'expected a size such as "512Mi" or "2Gi"');

/** `config.toml` of the project: Action Llama's fields. Those that are not acted on yet are accepted as they are. */
export const projectSchema = z.strictObject({
  projectName: z.string().min(1).optional(),
  models: z.record(z.string(), model).optional(),
  webhooks: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'expected letters, digits, - and _'),
      z
        .object({
          type: z.string(),
          credential: z.string().optional(),
          allowUnsigned: z.boolean().optional(),
        })
        .catchall(z.string()),
    )
    .optional(),
  scale: positive.optional(),
  defaultAgentScale: count.optional(),
  workQueueSize: positive.optional(),
  webhookQueueSize: positive.optional(),
  local: z
    .strictObject({
      enabled: z.boolean().optional(),
      image: z.string().optional(),
      memory: memory.optional(),
      cpus: z.number().positive().max(8).optional(),
      timeout: z.int().min(1).max(longestTimeout).optional(),
    })
    .optional(),
  gateway: z.looseObject({}).optional(),
  telemetry: z.looseObject({}).optional(),
  maxReruns: count.optional(),
  maxCallDepth: count.optional(),
  maxTriggerDepth: count.optional(),
  resourceLockTimeout: positive.optional(),
  historyRetentionDays: positive.optional(),
});

const trigger = z.strictObject({
  source: z.string(),
  events: names.optional(),
  actions: names.optional(),
  repos: names.optional(),
  org: z.string().optional(),
  orgs: names.optional(),
  labels: names.optional(),
  assignee: z.string().optional(),
  author: z.string().optional(),
  branches: names.optional(),
  conclusions: names.optional(),
});

/** `agents/<name>/config.toml`: Action Llama's fields, and `image`, `memory`, `cpus`. */
export const agentSchema = z.strictObject({
  source: z.string().optional(),
  credentials: names.optional(),
  models: names.optional(),
  webhooks: z.array(trigger).optional(),
  schedule: z.string().optional(),
  hooks: z.looseObject({}).optional(),
  params: z.record(z.string(), z.json()).optional(),
  scale: count.optional(),
  timeout: z.int().min(1).max(longestTimeout).optional(),
  maxWorkQueueSize: positive.optional(),
  runtime: z.looseObject({}).optional(),
  image: z.string().min(1).optional(),
  memory: memory.optional(),
  cpus: z.number().positive().max(8).optional(),
});

export type ProjectConfig = z.infer<typeof projectSchema>;
export type AgentConfig = z.infer<typeof agentSchema>;
