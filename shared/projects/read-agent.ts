import { parseReference } from '../credentials/reference.ts';
import type { WebhookSource, WebhookTrigger } from '../webhooks/trigger.ts';
import { agentConfig, longestVariable } from './agent-config.ts';
import { type AgentConfig, agentSchema, type ProjectConfig } from './config-schema.ts';
import type { Agent, Model } from './project.ts';
import { notActedOn, type Problem, readConfig, readSkill } from './read-files.ts';

/** Defaults of Action Llama's code. */
const defaults = { scale: 1, maxWorkQueueSize: 20, timeout: 3_600, memory: '2Gi', cpus: 1 };

/** What an agent is read from, and where what is wrong with it goes. */
export interface AgentReading {
  files: ReadonlyMap<string, string>;
  config: ProjectConfig;
  sources: { [source: string]: WebhookSource };
  /** The image of an agent that names none. */
  defaultImage(agent: string): string;
  problems: Problem[];
  warnings: Problem[];
}

/** Action Llama's rule for agent names. */
const agentName = /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,63}$/;

/** Reads one agent's directory; undefined when it has no name to go by. */
export function readAgent(name: string, reading: AgentReading): Agent | undefined {
  const { files, config, problems, warnings } = reading;
  const directory = `agents/${name}`;
  if (!agentName.test(name) || name === 'default') {
    const message =
      'not an agent name: lower-case letters, digits and single -, at most 64, not "default"';
    problems.push({ file: directory, field: '', message });
    return undefined;
  }
  const file = `${directory}/config.toml`;
  const own = readConfig(files, file, agentSchema, problems) ?? {};
  warnings.push(...notActedOn(file, own, ['schedule', 'hooks', 'runtime']));
  const skill = readSkill(`${directory}/SKILL.md`, files, problems);
  const agent: Agent = {
    ...skill,
    image: own.image ?? reading.defaultImage(name),
    credentials: readCredentials(file, own, problems),
    webhooks: readTriggers(file, own, reading),
    params: JSON.stringify(own.params ?? {}),
    models: readModels(file, own, config, problems),
    scale: own.scale ?? config.defaultAgentScale ?? defaults.scale,
    maxWorkQueueSize:
      own.maxWorkQueueSize ??
      config.workQueueSize ??
      config.webhookQueueSize ??
      defaults.maxWorkQueueSize,
    timeout: own.timeout ?? config.local?.timeout ?? defaults.timeout,
    memory: kubernetes(own.memory ?? config.local?.memory ?? defaults.memory),
    cpus: String(own.cpus ?? config.local?.cpus ?? defaults.cpus),
  };
  const length = Buffer.byteLength(agentConfig(name, agent));
  if (length > longestVariable) {
    const message = `with its configuration it has ${length} bytes; at most ${longestVariable} reach a container`;
    problems.push({ file: `${directory}/SKILL.md`, field: '', message });
  }
  return agent;
}

/** Every reference in full, `type:instance`, once. */
function readCredentials(
  file: string,
  { credentials = [] }: AgentConfig,
  problems: Problem[],
): string[] {
  const references = credentials.flatMap((text, index) => {
    const reference = parseReference(text);
    if (reference) return `${reference.type}:${reference.instance}`;
    const message = `${text} is not a credential; expected "type" or "type:instance"`;
    problems.push({ file, field: `credentials.${index}`, message });
    return [];
  });
  return [...new Set(references)];
}

function readTriggers(
  file: string,
  { webhooks = [] }: AgentConfig,
  { config, sources, problems }: AgentReading,
): WebhookTrigger[] {
  const declared = Object.keys(config.webhooks ?? {});
  webhooks.forEach(({ source }, index) => {
    if (declared.includes(source)) return;
    const known = declared.length > 0 ? `it has ${declared.join(', ')}` : 'it has none';
    const message = `${source} is not a source of the project: ${known} under [webhooks]`;
    problems.push({ file, field: `webhooks.${index}.source`, message });
  });
  const served = webhooks.filter(({ source }) => sources[source] !== undefined);
  return served.map((trigger) => withoutUndefined(trigger));
}

function readModels(
  file: string,
  { models = [] }: AgentConfig,
  config: ProjectConfig,
  problems: Problem[],
): Model[] {
  return models.flatMap((name, index): Model[] => {
    const model = config.models?.[name];
    if (model) return [withoutUndefined({ ...model, authType: model.authType ?? 'api_key' })];
    const known = Object.keys(config.models ?? {}).join(', ') || 'none';
    const message = `${name} is not a model of the project, which has ${known}`;
    problems.push({ file, field: `models.${index}`, message });
    return [];
  });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the fields that are undefined: Firestore knows no undefined. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Defined<T>;
}

/** Docker's `4g` as Kubernetes spells it. */
function kubernetes(memory: string): string {
  return memory.replace(/g$/, 'Gi').replace(/m$/, 'Mi');
}
