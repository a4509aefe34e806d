import { Command, Option } from 'commander';
import type { CliCommand } from './command.ts';
import type { CommonOptions } from './session.ts';

/** What commander hands over once it has read a command line. */
export type Chosen = (command: CliCommand, options: CommonOptions) => Promise<void>;

/** Options that every command has, by the field that commander gives their value. */
const commonOptions: { readonly [option in keyof CommonOptions]-?: () => Option } = {
  project: () =>
    new Option(
      '--project <id>',
      'the Google Cloud project (default: as drover.toml or gcloud has it)',
    ),
  region: () =>
    new Option(
      '--region <name>',
      'the region (default: as drover.toml or gcloud has it, or us-central1)',
    ),
  directory: () =>
    new Option(
      '--directory <path>',
      'the directory of the project whose agents run (default: this one)',
    ),
  dryRun: () =>
    new Option(
      '--dry-run',
      'print each gcloud command and each API call, in order, and change nothing',
    ),
  yes: () => new Option('--yes', 'ask nobody'),
  json: () =>
    new Option('--json', 'print one JSON object a line; the last is the result, or the error'),
};

/** What the commands are called together. */
const about =
  'Runs autonomous-agent containers on Google Cloud: provisions, deploys, looks after and removes the control plane.';

/** All commands as commander reads them. Help is what it writes to `write`; what is wrong it throws. */
export function createProgram(
  commands: readonly CliCommand[],
  version: string,
  write: (text: string) => void,
  chosen: Chosen,
): Command {
  const program = new Command('drover')
    .description(about)
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'show this')
    .helpCommand('help [command]', 'show the help of a command')
    .configureOutput({ writeOut: write, writeErr: () => undefined })
    .configureHelp({ helpWidth: 100 })
    .exitOverride();
  for (const command of commands) {
    const { name, summary, about: more, without = [] } = command;
    const sub = program.command(name).summary(summary);
    sub.description(more === undefined ? `${summary}.` : `${summary}.\n\n${more}`);
    command.define?.(sub);
    for (const [option, make] of Object.entries(commonOptions)) {
      if (!without.some((each) => each === option)) sub.addOption(make());
    }
    sub.action((options: CommonOptions) => chosen(command, options));
  }
  return program;
}
