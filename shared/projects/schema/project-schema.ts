import { z } from 'zod';
import { defaultDays, fewestDays, mostDays } from '../../retention/days.ts';
import { largestScale } from '../project.ts';
import { zoneProblem } from '../time-zone.ts';
import { credentialsSchema } from './credential-schema.ts';
import { field } from './field.ts';
import { modelSchema } from './model-schema.ts';
import { notificationSchema } from './notification-schema.ts';
import { sourceSchema } from './source-schema.ts';
import { checked, count, flag, name, positive, size, text, timeout } from './values.ts';

const local = z.strictObject({
  timeout: field(timeout, {
    description: '`timeout` of an agent that has none',
    default: 3_600,
    unit: 'seconds',
  }),
  memory: field(size, {
    description: '`memory` of an agent that has none; raised to what Cloud Run has',
    default: '2Gi',
    expects: 'a size such as "512Mi" or "4g"',
  }),
  cpus: field(z.number().positive(), {
    description: '`cpus` of an agent that has none; raised to what Cloud Run has',
    otherwise: '1, or what the memory needs',
    expects: 'a number above 0',
  }),
  enabled: field(flag, {
    description: 'Containers instead of processes',
    default: true,
    unused: 'a run is always a Cloud Run job',
    harmless: [true],
  }),
  image: field(name, {
    description: 'Base image',
    unused: 'each agent has an image of its own; name another with the `image` of the agent',
  }),
});

const gateway = z.strictObject({
  url: field(text, {
    description: 'Public address',
    unused: 'containers get the address that the gateway was deployed at',
  }),
  port: field(z.int().min(1).max(65_535), {
    description: 'Port',
    default: 8_080,
    unused: 'Google Cloud chooses the port of a function',
  }),
  maxChatSessions: field(count, {
    description: 'Chats at one time',
    default: 5,
    unused: 'there is no chat with an agent',
  }),
});

const telemetry = z.strictObject({
  enabled: field(flag, {
    description: 'Traces by OpenTelemetry',
    default: false,
    unused: '`traces` in drover.toml says where traces go',
    harmless: [false],
  }),
  provider: field(z.enum(['otel', 'none']), {
    description: 'Exporter',
    default: 'none',
    unused: '`traces` in drover.toml says where traces go',
    harmless: ['none'],
  }),
  endpoint: field(text, {
    description: 'Where traces go',
    unused: '`traces` in drover.toml says where traces go',
  }),
  serviceName: field(text, {
    description: 'Name in traces',
    unused: '`traces` in drover.toml says where traces go',
  }),
  headers: field(z.record(name, text), {
    description: 'Headers of the export',
    unused: '`traces` in drover.toml says where traces go',
  }),
  samplingRate: field(z.number().min(0).max(1), {
    description: 'Share of traces that is kept',
    unused: '`traces` in drover.toml says where traces go',
    expects: 'a number from 0 to 1',
  }),
});

/** Names of sources and models: they become parts of paths and messages. */
const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, {
  error: 'not a name: letters, digits, - and _, at most 63, beginning with a letter or digit',
});

/** `config.toml` of the project, and what every layer above it may override. */
export const projectSchema = z.strictObject({
  projectName: field(name.max(100), {
    description: 'What the project is called',
    otherwise: 'the name of its directory',
    expects: 'a text of 1 to 100 characters',
  }),
  timezone: field(checked(text, zoneProblem), {
    description: 'IANA time zone of days, and of schedules that name none',
    origin: 'Drover',
    default: 'UTC',
  }),
  scale: field(positive.max(largestScale.project), {
    description: 'Runs of all agents at one time',
    otherwise: 'no limit',
  }),
  defaultAgentScale: field(count.max(largestScale.agent), {
    description: '`scale` of an agent that has none',
    default: 1,
  }),
  workQueueSize: field(positive, {
    description: '`maxWorkQueueSize` of an agent that has none',
    default: 20,
  }),
  webhookQueueSize: field(positive, {
    description: 'Old name of `workQueueSize`',
    instead: 'workQueueSize',
  }),
  maxReruns: field(count, {
    description: '`maxReruns` of an agent that has none',
    default: 10,
  }),
  maxCallDepth: field(count, {
    description: 'Calls that may stand one above the other; 0: agents cannot call each other',
    default: 3,
  }),
  maxTriggerDepth: field(count, {
    description: 'Old name of `maxCallDepth`',
    instead: 'maxCallDepth',
  }),
  resourceLockTimeout: field(positive, {
    description:
      'How long a lock is held without a sign of life, where its request does not say; more than a day counts as a day',
    default: 1_800,
    unit: 'seconds',
  }),
  historyRetentionDays: field(positive.max(mostDays), {
    description: `How long runs and deliveries are kept; fewer than ${fewestDays} count as ${fewestDays}`,
    default: defaultDays,
    unit: 'days',
  }),
  models: field(z.record(label, modelSchema), { description: 'Models by name' }),
  webhooks: field(z.record(label, sourceSchema), { description: 'Sources of webhooks by name' }),
  credentials: field(credentialsSchema, {
    description: 'Types of credentials that are not built in, by name',
    origin: 'Drover',
  }),
  local: field(local, { description: 'What agents get that say nothing' }),
  gateway: field(gateway, { description: 'The surface that containers talk to' }),
  telemetry: field(telemetry, { description: 'Traces' }),
  notifications: field(notificationSchema, {
    description: 'Whom to tell of failures and budgets',
    origin: 'Drover',
  }),
});

export type ProjectConfig = z.infer<typeof projectSchema>;
