import { parseReference } from '../credentials/reference.ts';
import type { OwnCredentialTypes } from '../credentials/types.ts';
import { agentConfig } from './agent-config.ts';
import { check, note } from './check.ts';
import { checkCredentials } from './check-credentials.ts';
import { type Located, merge, type Report, reporter, valueAt } from './located.ts';
import { aboutFile, type Problem } from './problem.ts';
import type { Agent } from './project.ts';
import { readCredentialTypes } from './read-credential-types.ts';
import type { Layers } from './read-layers.ts';
import { checkModelNames, modelCredentials, readModels } from './read-models.ts';
import { type Resources, readResources } from './read-resources.ts';
import { readSkill } from './read-skill.ts';
import { readToml } from './read-toml.ts';
import { checkTriggers, readTriggers } from './read-triggers.ts';
import { largestRelease } from './release.ts';
import { type AgentConfig, agentSchema } from './schema/agent-schema.ts';
import type { ProjectConfig } from './schema/project-schema.ts';

/** Defaults of Action Llama's code, and ours for what it does not have. */
const defaults = {
  scale: 1,
  maxWorkQueueSize: 20,
  maxReruns: 10,
  timeout: 3_600,
  timezone: 'UTC',
  retry: { attempts: 2, backoff: 60, maxBackoff: 3_600 },
};

/** What an agent is read from, and where what is wrong with it goes. */
export interface AgentReading {
  files: ReadonlyMap<string, string>;
  layers: Layers;
  /** The image of an agent that names none. */
  defaultImage(agent: string): string;
  problems: Problem[];
  warnings: Problem[];
}

/** Action Llama's rule for agent names. */
const agentName = /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,63}$/;

/** Reads one agent's directory; undefined when something is wrong with it, or with the project's configuration. */
export function readAgent(name: string, reading: AgentReading): Agent | undefined {
  const { files, layers, problems, warnings } = reading;
  const directory = `agents/${name}`;
  if (!agentName.test(name) || name === 'default') {
    const message =
      'not an agent name: lower-case letters, digits and single -, at most 64, not "default"';
    problems.push(aboutFile(directory, message));
    return undefined;
  }
  const before = problems.length;
  const file = `${directory}/config.toml`;
  const none: Located = { file, line: 1, content: new Map() };
  const own = readToml(file, files.get(file) ?? '', problems) ?? none;
  const skillFile = `${directory}/SKILL.md`;
  const skill = readSkill(skillFile, files.get(skillFile) ?? '', own, problems, warnings);
  const table = merge({ ...none, content: skill.former }, own);
  const report = reporter(table, problems);
  const warn = reporter(table, warnings);
  const config = check(table, agentSchema, report);
  note(table, agentSchema, warn);
  checkTriggers(table, layers.table, report);
  checkModelNames(table, layers.table, report);
  checkScale(table, layers.table, report, reporter(layers.table, problems));
  warnOfIdle(table, warn);
  const { local } = layers.config ?? {};
  const resources = readResources(table, local, report, reporter(layers.table, warnings));
  if (!config || !layers.config) return undefined;

  const types = readCredentialTypes(layers.config.credentials ?? {});
  const agent = agentOf(name, config, layers.config, { ...reading, ...skill, resources, types });
  checkCredentials(table, agent.credentials, types, report, warn);
  const length = Buffer.byteLength(agentConfig(name, agent));
  if (length > largestRelease) {
    const message = `with its configuration it has ${length} bytes; at most ${largestRelease} fit a release`;
    problems.push(aboutFile(skillFile, message));
  }
  return problems.length === before ? agent : undefined;
}

interface AgentParts extends Pick<AgentReading, 'defaultImage'> {
  skill: string;
  description: string;
  resources: Resources;
  /** Types of credentials that the project declares. */
  types: OwnCredentialTypes;
}

function agentOf(
  name: string,
  own: AgentConfig,
  project: ProjectConfig,
  { skill, description, resources, types, defaultImage }: AgentParts,
): Agent {
  const models = readModels(own.models ?? [], project.models);
  const { hooks = {}, budget = {}, credentials: listed = [] } = own;
  const credentials = credentialsOf(listed, modelCredentials(models, listed));
  const used = Object.entries(types).filter(([type]) =>
    credentials.some((reference) => parseReference(reference)?.type === type),
  );
  return {
    skill,
    description,
    image: own.image ?? defaultImage(name),
    credentials,
    credentialTypes: Object.fromEntries(used),
    credentialsDelivery: own.credentials_delivery ?? 'copy',
    webhooks: readTriggers(own.webhooks ?? []),
    schedule: scheduleOf(own, project),
    env: own.env ?? {},
    params: JSON.stringify(own.params ?? {}),
    models,
    hooks: { pre: hooks.pre ?? [], post: hooks.post ?? [] },
    scale: own.scale ?? project.defaultAgentScale ?? defaults.scale,
    maxWorkQueueSize:
      own.maxWorkQueueSize ??
      project.workQueueSize ??
      project.webhookQueueSize ??
      defaults.maxWorkQueueSize,
    maxReruns: own.maxReruns ?? project.maxReruns ?? defaults.maxReruns,
    concurrency:
      own.concurrency_key === undefined
        ? null
        : { key: own.concurrency_key, busy: own.concurrency_busy ?? 'queue' },
    budget: {
      runsPerDay: budget.runs_per_day ?? null,
      minutesPerDay: budget.minutes_per_day ?? null,
      ...(budget.dollars_per_day !== undefined && { dollarsPerDay: budget.dollars_per_day }),
      failuresInARow: budget.failures_in_a_row ?? null,
    },
    retry: retryOf(own),
    timeout: own.timeout ?? project.local?.timeout ?? defaults.timeout,
    ...resources,
  };
}

function scheduleOf(own: AgentConfig, project: ProjectConfig): Agent['schedule'] {
  if (own.schedule === undefined) return null;
  return {
    cron: own.schedule.trim(),
    timezone: own.timezone ?? project.timezone ?? defaults.timezone,
    catchup: own.catchup ?? 'none',
    jitter: own.jitter ?? 0,
  };
}

function retryOf({ retry }: AgentConfig): Agent['retry'] {
  if (!retry) return null;
  const backoff = retry.backoff ?? defaults.retry.backoff;
  return {
    attempts: retry.attempts ?? defaults.retry.attempts,
    exitCodes: retry.exit_codes ?? null,
    backoff,
    maxBackoff: Math.max(backoff, retry.max_backoff ?? defaults.retry.maxBackoff),
  };
}

/** Every reference in full, `type:instance`, once: those of the agent, and what its models need beside them. */
function credentialsOf(own: readonly string[], ofModels: readonly string[]): string[] {
  const references = [...own, ...ofModels].flatMap((text) => {
    const reference = parseReference(text);
    return reference ? `${reference.type}:${reference.instance}` : [];
  });
  return [...new Set(references)];
}

/** An agent may not want more runs at one time than the project allows, by itself or by the project's default. */
function checkScale(agent: Located, project: Located, report: Report, inProject: Report): void {
  const most = numberAt(project, 'scale');
  const own = numberAt(agent, 'scale');
  const byDefault = valueAt(agent, ['scale']) ? undefined : numberAt(project, 'defaultAgentScale');
  const wanted = own ?? byDefault;
  if (most === undefined || wanted === undefined || wanted <= most) return;
  const message = `found the number ${wanted}; the project allows ${most} runs at one time`;
  if (own === undefined) inProject(['defaultAgentScale'], message);
  else report(['scale'], message);
}

function numberAt(table: Located, field: string): number | undefined {
  const content = valueAt(table, [field])?.content;
  return typeof content === 'number' ? content : undefined;
}

/** Fields that say how something is done that is not done at all. */
const dependent = [
  ['timezone', 'schedule'],
  ['catchup', 'schedule'],
  ['jitter', 'schedule'],
  ['concurrency_busy', 'concurrency_key'],
] as const;

function warnOfIdle(agent: Located, warn: Report): void {
  for (const [field, needed] of dependent) {
    if (valueAt(agent, [field]) && !valueAt(agent, [needed])) {
      warn([field], `says nothing without ${needed}`);
    }
  }
}
