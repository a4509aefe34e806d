import { parse as parseToml, TomlError } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { parseReference } from '../credentials/reference.ts';
import { agentConfig, longestVariable } from '../runs/environment.ts';
import { providerOf } from '../webhooks/providers.ts';
import type { WebhookSource, WebhookTrigger } from '../webhooks/trigger.ts';
import {
  type AgentConfig,
  agentSchema,
  type ProjectConfig,
  projectSchema,
} from './config-schema.ts';
import type { Agent, Model, Project } from './project.ts';

/** Something in the project's files that cannot stay as it is. */
export interface Problem {
  /** Path below the project's directory. */
  file: string;
  /** Dotted path of the field; empty when it is about the file as a whole. */
  field: string;
  message: string;
}

export type ParsedProject =
  | { ok: true; project: Project; warnings: Problem[] }
  | { ok: false; problems: Problem[] };

export interface ParseOptions {
  /** What the project is called when its files do not say. */
  defaultName: string;
  /** The image of an agent that names none. */
  defaultImage(agent: string): string;
}

/** Defaults of Action Llama's code. */
const defaults = { scale: 1, maxWorkQueueSize: 20, timeout: 3_600, memory: '2Gi', cpus: 1 };

/** Most agents of a project: one delivery may start all of them in one commit (Firestore quotas page: 500 writes, 10 MiB). */
const mostAgents = 100;

/** Largest release in bytes of JSON: below Firestore's 1 MiB a document (Firestore quotas page). */
const largestRelease = 900_000;

/**
 * Reads a project from the texts of its files, by path below its directory: `config.toml` and, for each agent,
 * `agents/<name>/SKILL.md` and `agents/<name>/config.toml`. Answers with all problems at once.
 */
export function parseProject(
  files: ReadonlyMap<string, string>,
  options: ParseOptions,
): ParsedProject {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const config = readConfig(files, 'config.toml', projectSchema, problems) ?? {};
  const sources = readSources(config, problems, warnings);
  const agents: { [name: string]: Agent } = {};
  for (const name of agentNames(files)) {
    const agent = readAgent(name, { files, config, sources, options, problems, warnings });
    if (agent) agents[name] = agent;
  }
  warnings.push(...agentsWithoutSkill(files));
  if (Object.keys(agents).length === 0 && problems.length === 0) {
    problems.push({
      file: 'agents/',
      field: '',
      message: 'no agent: no directory there has a SKILL.md',
    });
  }
  if (Object.keys(agents).length > mostAgents) {
    const message = `${Object.keys(agents).length} agents; a project has at most ${mostAgents}`;
    problems.push({ file: 'agents/', field: '', message });
  }
  const project: Project = {
    name: config.projectName ?? options.defaultName,
    sources,
    agents,
    scale: config.scale ?? null,
  };
  const size = Buffer.byteLength(JSON.stringify(project));
  if (size > largestRelease) {
    const message = `the project has ${size} bytes of configuration and skills; at most ${largestRelease} fit a release`;
    problems.push({ file: 'agents/', field: '', message });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, project, warnings };
}

function agentNames(files: ReadonlyMap<string, string>): string[] {
  const names = [...files.keys()].flatMap(
    (file) => /^agents\/([^/]+)\/SKILL\.md$/.exec(file)?.[1] ?? [],
  );
  return names.sort();
}

/** What looks like an agent and is none. */
function agentsWithoutSkill(files: ReadonlyMap<string, string>): Problem[] {
  const names = [...files.keys()].flatMap(
    (file) => /^agents\/([^/]+)\/config\.toml$/.exec(file)?.[1] ?? [],
  );
  return names
    .filter((name) => !files.has(`agents/${name}/SKILL.md`))
    .map((name) => ({
      file: `agents/${name}`,
      field: '',
      message: 'not an agent: it has no SKILL.md',
    }));
}

function readConfig<T>(
  files: ReadonlyMap<string, string>,
  file: string,
  schema: z.ZodType<T>,
  problems: Problem[],
): T | undefined {
  const text = files.get(file);
  if (text === undefined) return undefined;
  let toml: unknown;
  try {
    toml = parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.split('\n');
    problems.push({ file, field: '', message: `line ${error.line}: ${message}` });
    return undefined;
  }
  const checked = schema.safeParse(toml);
  if (checked.success) return checked.data;
  problems.push(...checked.error.issues.flatMap((issue) => problemsOf(file, issue)));
  return undefined;
}

function problemsOf(file: string, issue: z.core.$ZodIssue): Problem[] {
  const field = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ file, field, message: issue.message }];
  const prefix = field === '' ? '' : `${field}.`;
  return issue.keys.map((key) => ({ file, field: `${prefix}${key}`, message: 'unknown field' }));
}

function readSources(
  config: ProjectConfig,
  problems: Problem[],
  warnings: Problem[],
): { [source: string]: WebhookSource } {
  const file = 'config.toml';
  const sources: { [source: string]: WebhookSource } = {};
  for (const [name, { type, credential, allowUnsigned, ...secrets }] of Object.entries(
    config.webhooks ?? {},
  )) {
    const field = `webhooks.${name}`;
    const provider = providerOf(type);
    if (!provider) {
      warnings.push({
        file,
        field: `${field}.type`,
        message: `${type} is not served yet; its triggers do nothing`,
      });
      continue;
    }
    const secret = secrets[provider.secretType] ?? credential ?? 'default';
    if (!parseReference(`${provider.secretType}:${secret}`)) {
      problems.push({
        file,
        field: `${field}.${provider.secretType}`,
        message: `${secret} is not an instance name`,
      });
    }
    for (const other of Object.keys(secrets).filter((key) => key !== provider.secretType)) {
      const message = `unknown field; the secret of type ${type} is named by ${provider.secretType}`;
      problems.push({ file, field: `${field}.${other}`, message });
    }
    if (allowUnsigned) {
      warnings.push({
        file,
        field: `${field}.allowUnsigned`,
        message: 'not acted on yet: signatures are required',
      });
    }
    sources[name] = { type, secret };
  }
  return sources;
}

interface AgentReading {
  files: ReadonlyMap<string, string>;
  config: ProjectConfig;
  sources: { [source: string]: WebhookSource };
  options: ParseOptions;
  problems: Problem[];
  warnings: Problem[];
}

/** Action Llama's rule for agent names. */
const agentName = /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,63}$/;

function readAgent(name: string, reading: AgentReading): Agent | undefined {
  const { files, config, options, problems, warnings } = reading;
  const directory = `agents/${name}`;
  if (!agentName.test(name) || name === 'default') {
    const message =
      'not an agent name: lower-case letters, digits and single -, at most 64, not "default"';
    problems.push({ file: directory, field: '', message });
    return undefined;
  }
  const file = `${directory}/config.toml`;
  const own = readConfig(files, file, agentSchema, problems) ?? {};
  if (own.schedule !== undefined) {
    warnings.push({ file, field: 'schedule', message: 'schedules are not acted on yet' });
  }
  const skill = readSkill(`${directory}/SKILL.md`, files, problems);
  const agent: Agent = {
    ...skill,
    image: own.image ?? options.defaultImage(name),
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

/** YAML between two lines of `---` at the very beginning, and what follows it. */
const frontMatter = /^---[ \t]*\r?\n((?:[^\n]*\n)*?)---[ \t]*(?:\r?\n|$)([\s\S]*)$/;

/** The instructions and what the front matter says of them. */
function readSkill(
  file: string,
  files: ReadonlyMap<string, string>,
  problems: Problem[],
): { skill: string; description: string } {
  const text = files.get(file) ?? '';
  const [, front, body] = frontMatter.exec(text) ?? [];
  if (front === undefined) return { skill: text.trim(), description: '' };
  const skill = (body ?? '').trim();
  try {
    const matter: unknown = parseYaml(front);
    const checked = z.looseObject({ description: z.string().optional() }).safeParse(matter ?? {});
    if (checked.success) return { skill, description: checked.data.description ?? '' };
    problems.push(...checked.error.issues.flatMap((issue) => problemsOf(file, issue)));
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    problems.push({ file, field: '', message: `front matter: ${message}` });
  }
  return { skill, description: '' };
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
