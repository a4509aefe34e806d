import type { Command } from '../deployment/kind.ts';
import { commandLine } from '../gcloud/command-line.ts';

const reference = /\{answer (\d+): ([\w.]+)\}/g;
/** Stands for a reference while a line is made: nothing in it is quoted. */
const placeholder = /__answer_(\d+)_([\w.]+?)__/g;

/**
 * Commands as lines for a shell. What an earlier one answers is asked within the line that needs it. What takes calls of APIs is left to
 * `drover doctor --fix`.
 */
export function mendLines(commands: readonly Command[], project: string): string[] {
  const asked = new Set<number>();
  const lines = commands.map((command) => {
    if (command.tool === 'api') return undefined;
    const args = command.args.map((text) =>
      text.replaceAll(reference, (_, index: string, field: string) => {
        asked.add(Number(index));
        return `__answer_${index}_${field}__`;
      }),
    );
    return commandLine({ ...command, args }, project).replaceAll(
      placeholder,
      (_, index: string, field: string) => answer(commands[Number(index)], field, project),
    );
  });
  if (lines.includes(undefined)) return ['drover doctor --fix'];
  return lines.flatMap((line, at) => (line === undefined || asked.has(at) ? [] : [line]));
}

function answer(command: Command | undefined, field: string, project: string): string {
  if (command?.tool !== 'gcloud') throw new Error(`nothing answers ${field}`);
  return `"$(${commandLine(command, project)} --format='value(${field})')"`;
}
