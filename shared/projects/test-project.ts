import { parseProject } from './parse.ts';
import type { Problem } from './problem.ts';
import type { Agent, Project } from './project.ts';

const options = { defaultName: 'herd', defaultImage: (agent: string) => `image/${agent}` };

/** Parses a project of these files, by path, for an environment. */
export function parse(files: { [path: string]: string }, environment?: string) {
  return parseProject(new Map(Object.entries(files)), { ...options, environment });
}

/** Files of a project with the agent `one`. */
export function withOne(agent = '', project = '', skill = 'Do it.'): { [path: string]: string } {
  return {
    'config.toml': project,
    'agents/one/SKILL.md': skill,
    'agents/one/config.toml': agent,
  };
}

/** The project of these files, which must be one. */
export function projectOf(files: { [path: string]: string }, environment?: string): Project {
  const parsed = parse(files, environment);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.project;
}

/** The agent `one` with this configuration. */
export function agentOf(agent = '', project = '', skill?: string): Agent {
  const found = projectOf(withOne(agent, project, skill)).agents.one;
  if (!found) throw new Error('there is no agent one');
  return found;
}

/** The problems, each as `file:line: field`, and the messages apart. */
export function problemsOf(files: { [path: string]: string }, environment?: string): Described {
  const parsed = parse(files, environment);
  return described(parsed.ok ? [] : parsed.problems);
}

/** The warnings of files that are a project, in the same shape. */
export function warningsOf(files: { [path: string]: string }, environment?: string): Described {
  const parsed = parse(files, environment);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return described(parsed.warnings);
}

export interface Described {
  where: string[];
  messages: string[];
}

function described(problems: readonly Problem[]): Described {
  return {
    where: problems.map(({ file, line, field }) => `${file}:${line ?? ''}: ${field}`),
    messages: problems.map(({ message }) => message),
  };
}
