import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LocalProgram } from '../executor/index.ts';

/**
 * What stands for the image of an agent on this machine: its directory's `run.sh`, or Action Llama's `test-script.sh`. An
 * agent with neither has no image here.
 */
export function programOf(project: string, agent: string): LocalProgram | undefined {
  const directory = resolve(project, 'agents', agent);
  if (existsSync(join(directory, 'run.sh'))) return { file: './run.sh', directory };
  if (existsSync(join(directory, 'test-script.sh'))) {
    return { file: '/bin/sh', args: [join(directory, 'test-script.sh')], directory };
  }
  return undefined;
}

/** What is wrong with an agent's program, as a sentence for its owner. */
export function programProblem(project: string, agent: string): string | undefined {
  const program = programOf(project, agent);
  if (!program)
    return `agents/${agent} has neither run.sh nor test-script.sh: its runs will fail here`;
  if (program.file !== './run.sh') return undefined;
  try {
    accessSync(join(program.directory, 'run.sh'), constants.X_OK);
    return undefined;
  } catch {
    return `agents/${agent}/run.sh is not executable: chmod +x it`;
  }
}
