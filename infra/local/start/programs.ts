import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { LocalProgram } from '../executor/index.ts';
import { repositoryRoot } from '../repository.ts';

/** What stands for the image of an agent on this machine, and what its owner should know of it. */
export interface AgentProgram {
  /** Undefined: the agent has no image here, and its runs fail. */
  program?: LocalProgram;
  problem?: string;
}

/** What an agent's own directory may have for its container to run. */
const scripts = ['run.sh', 'test-script.sh'] as const;
/** What the entry point of the agent image calls, beside a POSIX shell. */
const tools = ['curl', 'jq'] as const;

/**
 * How an agent is run here: by the agent image's own entry point, with the agent's directory in the place of the image's static
 * files. A machine without what the entry point calls runs the script alone.
 *
 * @param hasModels Whether the agent names a model, which the entry point runs where there is no script.
 * @param path Where programs are looked for, as in `PATH`.
 */
export function programOf(
  project: string,
  agent: string,
  hasModels: boolean,
  path: string,
): AgentProgram {
  const directory = resolve(project, 'agents', agent);
  const script = scripts.find((name) => existsSync(join(directory, name)));
  const missing = tools.filter((tool) => !isOnPath(tool, path));
  if (script === undefined && !hasModels) {
    return {
      problem: `agents/${agent} has no run.sh, no test-script.sh and no model: its runs will fail here`,
    };
  }
  if (missing.length === 0) {
    const entryPoint = join(repositoryRoot(), 'infra/agent-image/entrypoint.sh');
    return { program: { file: '/bin/sh', args: [entryPoint, directory], directory } };
  }
  const without = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed here`;
  if (script === undefined) {
    return { problem: `${without}: the runs of agents/${agent}, which has no script, will fail` };
  }
  const alone = `${without}: agents/${agent}/${script} is run alone, without hooks and helpers`;
  return {
    program: { file: '/bin/sh', args: [join(directory, script)], directory },
    problem: alone,
  };
}

function isOnPath(tool: string, path: string): boolean {
  return path.split(delimiter).some((directory) => isExecutable(join(directory, tool)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
