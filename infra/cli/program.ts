import { Command, Option } from 'commander';
import type { CliCommand } from './command.ts';
import { groups } from './groups.ts';
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
    const words = name.split(' ');
    const own = words.pop() ?? name;
    const sub = words.reduce(groupOf, program).command(own).summary(summary);
    sub.description(more === undefined ? `${summary}.` : `${summary}.\n\n${more}`);
    command.define?.(sub);
    for (const [option, make] of Object.entries(commonOptions)) {
      if (!without.some((each) => each === option)) sub.addOption(make());
    }
    sub.action(() => chosen(command, { ...argumentsOf(sub), ...sub.opts<CommonOptions>() }));
  }
  return program;
}

/** The command that the commands of a group stand below, made for the first of them. */
function groupOf(program: Command, name: string): Command {
  const existing = program.commands.find((each) => each.name() === name);
  const about = groups[name] ?? '';
  return existing ?? program.command(name).summary(about).description(`${about}.`);
}

/** Arguments that were given, by their names as options are named. */
function argumentsOf({ registeredArguments, processedArgs }: Command): { [name: string]: unknown } {
  const given = registeredArguments.map((argument, index) => [
    argument.name().replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    processedArgs[index],
  ]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
