import { reporter } from './located.ts';
import { aboutFile, type Problem } from './problem.ts';
import type { Agent, Project } from './project.ts';
import { readAgent } from './read-agent.ts';
import type { Cloud } from './read-cloud.ts';
import { checkCredentialTypes } from './read-credential-types.ts';
import { readLayers } from './read-layers.ts';
import { checkModels } from './read-models.ts';
import { checkSources, readSources } from './read-sources.ts';
import { largestRelease } from './release.ts';
import { readNotifications } from './schema/notification-schema.ts';

export type ParsedProject =
  | {
      ok: true;
      project: Project;
      /** The environment that it was read for; null: none. */
      environment: string | null;
      /** Where that environment stands; null when it does not say. */
      cloud: Cloud | null;
      warnings: Problem[];
    }
  | { ok: false; problems: Problem[] };

export interface ParseOptions {
  /** What the project is called when its files do not say. */
  defaultName: string;
  /** The image of an agent that names none. */
  defaultImage(agent: string): string;
  /** The environment to read it for, before what `.env.toml` says. */
  environment?: string | undefined;
}

/** Most agents of a project: one delivery may start all of them in one commit (Firestore quotas page: 500 writes, 10 MiB), a write each. */
const mostAgents = 200;

/**
 * Reads a project from the texts of its files, by path below its directory: `config.toml`, `.env.toml`, the environment's
 * file by the name of `environmentFile`, and for each agent `agents/<name>/SKILL.md` and `agents/<name>/config.toml`.
 * Answers with all problems at once.
 */
export function parseProject(
  files: ReadonlyMap<string, string>,
  { defaultName, defaultImage, environment: chosen }: ParseOptions,
): ParsedProject {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const layers = readLayers(files, chosen, problems, warnings);
  const { config, table, environment, cloud } = layers;
  const report = reporter(table, problems);
  const warn = reporter(table, warnings);
  checkSources(table, report);
  checkModels(table, report, warn);
  checkCredentialTypes(table, report);
  const sources = readSources(config?.webhooks ?? {});

  const names = agentNames(files);
  const agents: { [name: string]: Agent } = {};
  for (const name of names) {
    const agent = readAgent(name, { files, layers, defaultImage, problems, warnings });
    if (agent) agents[name] = agent;
  }
  warnings.push(...agentsWithoutSkill(files));
  if (names.length === 0) {
    problems.push(aboutFile('agents/', 'no agent: no directory there has a SKILL.md'));
  }
  if (names.length > mostAgents) {
    problems.push(
      aboutFile('agents/', `${names.length} agents; a project has at most ${mostAgents}`),
    );
  }
  const project: Project = {
    name: config?.projectName ?? defaultName,
    timezone: config?.timezone ?? 'UTC',
    sources,
    agents,
    scale: config?.scale ?? null,
    ...(config?.resourceLockTimeout !== undefined && {
      resourceLockTimeout: config.resourceLockTimeout,
    }),
    ...(config?.historyRetentionDays !== undefined && {
      historyRetentionDays: config.historyRetentionDays,
    }),
    ...(config?.notifications !== undefined && {
      notifications: readNotifications(config.notifications),
    }),
    ...(config?.maxCallDepth !== undefined && { maxCallDepth: config.maxCallDepth }),
  };
  const size = Buffer.byteLength(JSON.stringify(project));
  if (size > largestRelease) {
    const message = `the project has ${size} bytes of configuration and skills; at most ${largestRelease} fit a release`;
    problems.push(aboutFile('agents/', message));
  }
  if (problems.length > 0) return { ok: false, problems: inOrder(once(problems)) };
  const sum = Object.values(agents).reduce((total, { scale }) => total + scale, 0);
  if (project.scale !== null && sum > project.scale) {
    const message = `the agents may have ${sum} runs at one time, and the project allows ${project.scale}: some will wait for others`;
    warn(['scale'], message);
  }
  return { ok: true, project, environment, cloud, warnings: inOrder(once(warnings)) };
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
    .map((name) => aboutFile(`agents/${name}`, 'not an agent: it has no SKILL.md'));
}

/** Each of them once: some fields of the project are looked at for every agent. */
function once(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...seen.values()];
}

/** By file in the order in which they were read, and from top to bottom within each. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const byFile = new Map<string, Problem[]>();
  for (const problem of problems) {
    const known = byFile.get(problem.file);
    if (known) known.push(problem);
    else byFile.set(problem.file, [problem]);
  }
  return [...byFile.values()].flatMap((each) =>
    each.sort((one, other) => (one.line ?? 0) - (other.line ?? 0)),
  );
}
