import { parseProject } from './parse.ts';
import type { Agent, Project } from './project.ts';
import type { Problem } from './read-files.ts';

const options = { defaultName: 'herd', defaultImage: (agent: string) => `image/${agent}` };

/** Parses a project of these files, by path. */
export function parse(files: { [path: string]: string }) {
  return parseProject(new Map(Object.entries(files)), options);
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
export function projectOf(files: { [path: string]: string }): Project {
  const parsed = parse(files);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.project;
}

/** The agent `one` with this configuration. */
export function agentOf(agent = '', project = '', skill?: string): Agent {
  const found = projectOf(withOne(agent, project, skill)).agents.one;
  if (!found) throw new Error('there is no agent one');
  return found;
}

/** The problems as `file: field`, and the messages apart. */
export function problemsOf(files: { [path: string]: string }): {
  where: string[];
  messages: string[];
} {
  const parsed = parse(files);
  return described(parsed.ok ? [] : parsed.problems);
}

/** The warnings of files that are a project, in the same shape. */
export function warningsOf(files: { [path: string]: string }): {
  where: string[];
  messages: string[];
} {
  const parsed = parse(files);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return described(parsed.warnings);
}

function described(problems: readonly Problem[]): { where: string[]; messages: string[] } {
  return {
    where: problems.map(({ file, field }) => `${file}: ${field}`),
    messages: problems.map(({ message }) => message),
  };
}
