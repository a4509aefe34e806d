import { parseReference } from '../credentials/reference.ts';
import { providerOf } from '../webhooks/providers.ts';
import type { WebhookSource } from '../webhooks/trigger.ts';
import { type ProjectConfig, projectSchema } from './config-schema.ts';
import type { Agent, Project } from './project.ts';
import { readAgent } from './read-agent.ts';
import { notActedOn, type Problem, readConfig } from './read-files.ts';

export type ParsedProject =
  | { ok: true; project: Project; warnings: Problem[] }
  | { ok: false; problems: Problem[] };

export interface ParseOptions {
  /** What the project is called when its files do not say. */
  defaultName: string;
  /** The image of an agent that names none. */
  defaultImage(agent: string): string;
}

/** Fields of the project that are accepted, and that nothing acts on yet. */
const waitingFields = [
  'maxReruns',
  'maxCallDepth',
  'maxTriggerDepth',
  'resourceLockTimeout',
  'historyRetentionDays',
  'gateway',
  'telemetry',
] as const;

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
  { defaultName, defaultImage }: ParseOptions,
): ParsedProject {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const config = readConfig(files, 'config.toml', projectSchema, problems) ?? {};
  warnings.push(...notActedOn('config.toml', config, waitingFields));
  const sources = readSources(config, problems, warnings);
  const agents: { [name: string]: Agent } = {};
  for (const name of agentNames(files)) {
    const agent = readAgent(name, { files, config, sources, defaultImage, problems, warnings });
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
    name: config.projectName ?? defaultName,
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
