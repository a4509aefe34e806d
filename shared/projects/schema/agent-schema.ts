import { z } from 'zod';
import { parseReference } from '../../credentials/reference.ts';
import { scheduleProblem } from '../../schedules/cron.ts';
import { keyProblem } from '../concurrency-key.ts';
import { largestScale } from '../project.ts';
import { quoted } from '../quoted.ts';
import { zoneProblem } from '../time-zone.ts';
import { valueProblem, variableProblem } from '../variable.ts';
import { field } from './field.ts';
import { triggerSchema } from './trigger-schema.ts';
import { checked, count, name, names, positive, size, text, timeout } from './values.ts';

const credential = checked(text, (reference) =>
  parseReference(reference)
    ? undefined
    : `${quoted(reference)} is not a credential; expected "type" or "type:instance"`,
);

const hooks = z.strictObject({
  pre: field(names, {
    description: 'Before its work, one after the other; when one fails, so does the run',
    otherwise: 'none',
  }),
  post: field(names, {
    description: 'After its work; one that fails is a line in the log',
    otherwise: 'none',
  }),
});

const runtime = z.strictObject({
  type: field(z.enum(['container', 'host-user']), {
    description: 'What a run is',
    default: 'container',
    unused: 'a run is always a container',
    harmless: ['container'],
  }),
  run_as: field(name, {
    description: 'User of `host-user`',
    unused: 'the image says as which user its process runs',
  }),
  groups: field(names, {
    description: 'Groups of that user',
    unused: 'the image says as which user its process runs',
  }),
});

const budget = z.strictObject({
  runs_per_day: field(positive, {
    description: 'Runs started in one day of the project’s time zone; the others wait',
    otherwise: 'no limit',
    origin: 'Drover',
  }),
  minutes_per_day: field(positive, {
    description: 'Minutes of running in one day; what runs goes on, the others wait',
    otherwise: 'no limit',
    unit: 'minutes',
    origin: 'Drover',
  }),
  dollars_per_day: field(z.number().min(0.01).max(1_000_000), {
    description:
      'US dollars that its runs of one day may come to, as Drover estimates them; what runs goes on, the others wait',
    otherwise: 'no limit',
    unit: 'dollars',
    origin: 'Drover',
  }),
  failures_in_a_row: field(positive, {
    description: 'Failures in a row after which the agent pauses itself',
    otherwise: 'no limit',
    origin: 'Drover',
  }),
});

const exitCode = z
  .int()
  .min(1)
  .max(255)
  .refine((code) => code !== 42, '42 asks for another run and is no failure');

/** A day, in seconds. */
const day = 86_400;

const retry = z.strictObject({
  attempts: field(z.int().min(1).max(20), {
    description: 'How often a failed run is tried again',
    default: 2,
    origin: 'Drover',
  }),
  exit_codes: field(z.array(exitCode).min(1), {
    description: 'Exit codes that are tried again',
    otherwise: 'all but 13, 15 and 16, which say that it is of no use',
    origin: 'Drover',
    expects: 'a list of exit codes from 1 to 255',
  }),
  backoff: field(z.int().min(0).max(day), {
    description: 'Wait before the first repetition; it doubles with each',
    default: 60,
    unit: 'seconds',
    origin: 'Drover',
  }),
  max_backoff: field(z.int().min(0).max(day), {
    description: 'Longest wait',
    default: 3_600,
    unit: 'seconds',
    origin: 'Drover',
  }),
});

/** `agents/<name>/config.toml`. */
export const agentSchema = z.strictObject({
  webhooks: field(z.array(triggerSchema), {
    description: 'Events that start it',
    otherwise: 'none',
    expects: 'tables under [[webhooks]]',
  }),
  schedule: field(
    checked(text, (cron) => {
      const problem = scheduleProblem(cron);
      return problem && `${quoted(cron)} ${problem}`;
    }),
    {
      description: 'When it runs by the clock: five cron fields, or `@daily` and the like',
      otherwise: 'never',
    },
  ),
  timezone: field(checked(text, zoneProblem), {
    description: 'IANA time zone of its schedule',
    otherwise: 'the project’s',
    origin: 'Drover',
  }),
  catchup: field(z.enum(['none', 'last', 'all']), {
    description: 'Which of the scheduled minutes that nobody looked at are made up for',
    default: 'none',
    origin: 'Drover',
  }),
  jitter: field(z.int().min(0).max(3_600), {
    description: 'Its scheduled runs start up to this much later, each by its own amount',
    default: 0,
    unit: 'seconds',
    origin: 'Drover',
  }),
  credentials: field(z.array(credential), {
    description: '`"type"` or `"type:instance"`; files at `/credentials/<type>/<instance>/<field>`',
    otherwise: 'none',
    expects: 'a list of credentials such as "github_token"',
  }),
  credentials_delivery: field(z.enum(['copy', 'direct']), {
    description: 'Whether a run gets copies that end with it, or the secrets themselves',
    default: 'copy',
    origin: 'Drover',
  }),
  models: field(names, {
    description: 'Models of the project, the first choice first',
    otherwise: 'none',
  }),
  params: field(z.record(z.string(), z.unknown()), {
    description: 'Values of your own, shown to the agent',
    otherwise: 'none',
  }),
  hooks: field(hooks, { description: 'Shell commands that Action Llama’s container runs' }),
  scale: field(count.max(largestScale.agent), {
    description: 'Its runs at one time; 0 disables it',
    otherwise: '`defaultAgentScale`, or 1',
  }),
  maxWorkQueueSize: field(positive, {
    description: 'Its runs that may wait; beyond that the oldest is dropped',
    otherwise: '`workQueueSize`, or 20',
  }),
  maxReruns: field(count, {
    description: 'Runs in a row that it may ask for by exit code 42',
    otherwise: '`maxReruns` of the project, or 10',
    origin: 'Drover',
  }),
  timeout: field(timeout, {
    description: 'Longest run; Cloud Run stops it after that',
    otherwise: '`local.timeout`, or 3600',
    unit: 'seconds',
  }),
  concurrency_key: field(checked(text, keyProblem), {
    description:
      'Runs with the same key run one at a time; a text with fields of the event, such as `{repo}#{number}`',
    otherwise: 'none',
    origin: 'Drover',
  }),
  concurrency_busy: field(z.enum(['queue', 'skip', 'cancel']), {
    description:
      'What becomes of a run whose key is busy: it waits, is dropped, or takes the other’s place. A run that waits to be tried again keeps its key',
    default: 'queue',
    origin: 'Drover',
  }),
  budget: field(budget, { description: 'What it may use', origin: 'Drover' }),
  retry: field(retry, {
    description: 'Whether a failed run is tried again; without this table it is not',
    origin: 'Drover',
  }),
  image: field(z.string().regex(/^[!-~]{1,500}$/), {
    description: 'Container image',
    otherwise: 'the agent’s own',
    origin: 'Drover',
    expects: 'the name of a container image',
  }),
  memory: field(size, {
    description: 'Memory of the container, 512 MiB to 32 GiB',
    otherwise: '`local.memory`, or `4Gi`',
    origin: 'Drover',
    expects: 'a size such as "512Mi" or "2Gi"',
  }),
  cpus: field(z.literal([1, 2, 4, 6, 8]), {
    description: 'CPUs of the container',
    otherwise: '`local.cpus`, or what the memory needs',
    origin: 'Drover',
    expects: '1, 2, 4, 6 or 8',
  }),
  env: field(z.record(checked(z.string(), variableProblem), checked(text, valueProblem)), {
    description: 'Variables of its container, no secrets: everyone who may read the job sees them',
    otherwise: 'none',
    origin: 'Drover',
    expects: 'a table of texts',
  }),
  runtime: field(runtime, { description: 'How Action Llama runs it' }),
  source: field(name, {
    description: 'Where `al update` finds a newer version; Drover has no use for it',
  }),
});

export type AgentConfig = z.infer<typeof agentSchema>;
