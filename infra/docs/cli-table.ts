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
  const rows = program.commands
    .filter((command) => command.name() !== 'help')
    .map((command) => {
      const names = command.commands.map((each) => `\`${each.name()}\``).join(', ');
      const more = names === '' ? '' : `: ${names}`;
      const name = command.name();
      return `| [\`${name}\`](#drover-${name}) | ${cell(command.summary())}${more}. |`;
    });
  return ['| command | |', '|---|---|', ...rows].join('\n');
}

/** What a command does, and a Markdown table of its arguments and options; of a group, all of its commands. */
export function commandSection(name: string): string {
  const command = program.commands.find((each) => each.name() === name);
  if (!command) throw new Error(`no command is called ${name}`);
  const { commands: parts } = command;
  if (parts.length === 0) return partOf(command, shownOptions(command));
  const [first] = parts;
  const shared = (first ? shownOptions(first) : []).filter(({ flags }) =>
    parts.every((part) => shownOptions(part).some((option) => option.flags === flags)),
  );
  const sharedFlags = new Set(shared.map(({ flags }) => flags));
  const sections = parts.map((part) => {
    const own = shownOptions(part).filter(({ flags }) => !sharedFlags.has(flags));
    return `### \`drover ${name} ${part.name()}\`\n\n${partOf(part, own)}`;
  });
  const all = table('each takes', shared.map(optionRow));
  return [command.description(), ...sections, ...all].join('\n\n');
}

function partOf(command: Command, options: readonly Option[]): string {
  const rows = [
    ...command.registeredArguments.map((argument) => {
      const name = argument.variadic ? `${argument.name()}...` : argument.name();
      const flag = argument.required ? `<${name}>` : `[${name}]`;
      return `| \`${flag}\` | ${cell(argument.description)} |`;
    }),
    ...options.map(optionRow),
  ];
  const heading = command.registeredArguments.length > 0 ? 'argument, option' : 'option';
  return [command.description(), ...table(heading, rows)].join('\n\n');
}

function table(heading: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [[`| ${heading} | |`, '|---|---|', ...rows].join('\n')];
}

function shownOptions({ options }: Command): Option[] {
  return options.filter(({ hidden }) => !hidden);
}

function optionRow(option: Option): string {
  return `| \`${option.flags}\` | ${cell(meaningOf(option))} |`;
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
