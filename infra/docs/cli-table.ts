import type { Command, Option } from 'commander';
import { commands } from '../cli/commands/index.ts';
import { errorKinds, exitCodes } from '../cli/errors.ts';
import { createProgram } from '../cli/program.ts';
import { cell } from './field-table.ts';

const program = createProgram(
  commands,
  '',
  () => undefined,
  async () => undefined,
);

/** A Markdown table of the commands of `drover`. */
export function commandTable(): string {
  const rows = commands.map(
    ({ name, summary }) => `| [\`${name}\`](#drover-${name}) | ${cell(summary)}. |`,
  );
  return ['| command | |', '|---|---|', ...rows].join('\n');
}

/** What a command does, and a Markdown table of its options. */
export function commandSection(name: string): string {
  const command = program.commands.find((each) => each.name() === name);
  if (!command) throw new Error(`no command is called ${name}`);
  const rows = command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => `| \`${option.flags}\` | ${cell(meaningOf(option))} |`);
  return [command.description(), '', '| option | |', '|---|---|', ...rows].join('\n');
}

function meaningOf({ description, argChoices, defaultValue, negate }: Option): string {
  const choices = argChoices
    ? [`one of ${argChoices.map((each) => `\`${each}\``).join(', ')}`]
    : [];
  const standard = Array.isArray(defaultValue) ? defaultValue.join(' ') : defaultValue;
  const hasDefault = standard !== undefined && typeof standard !== 'boolean' && !negate;
  const usual = hasDefault ? [`default: \`${String(standard)}\``] : [];
  return [description, ...choices, ...usual].join('; ');
}

/** A Markdown table of the codes with which a command ends badly, from `docs/errors/`. */
export function errorTable(): string {
  const rows = Object.entries(errorKinds).map(
    ([code, { what, ending }]) =>
      `| [${code}](${code}.md) | ${exitCodes[ending]} | ${cell(what)} |`,
  );
  return ['| code | exit code | |', '|---|---|---|', ...rows].join('\n');
}

const endings: { readonly [ending in keyof typeof exitCodes]: string } = {
  done: 'It is done, or was done already.',
  failed:
    'Something went wrong on the way. What was done stays; the same command goes on from there.',
  refused:
    'What was asked for is wrong, or was not confirmed. Nothing was changed, but for services that were enabled to find that out.',
  found: 'A check found something that a person should mend.',
  interrupted: 'It was interrupted. What was done stays; the same command goes on from there.',
};

/** A Markdown table of the exit codes. */
export function exitCodeTable(): string {
  const rows = Object.entries(endings).map(
    ([ending, meaning]) => `| ${exitCodes[ending as keyof typeof exitCodes]} | ${meaning} |`,
  );
  return ['| exit code | |', '|---|---|', ...rows].join('\n');
}

/** Names of all commands, in the order of the table. */
export const commandNames: readonly string[] = program.commands.map((each: Command) => each.name());
