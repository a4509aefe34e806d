import { setTimeout as sleep } from 'node:timers/promises';
import { CommanderError } from 'commander';
import type { CliCommand } from './command.ts';
import { exitCodes, Failure } from './errors.ts';
import { failureOf } from './failure-of.ts';
import { jsonPrinter } from './print-json.ts';
import { linePrinter } from './print-lines.ts';
import type { Printer } from './printer.ts';
import { createProgram } from './program.ts';
import type { Result } from './result.ts';
import type { CommonOptions } from './session.ts';
import type { Shell } from './shell.ts';

/** How a command line ended. */
export interface Outcome {
  exitCode: number;
  /** What was started goes on, and ends this process by itself. */
  staysUp: boolean;
}

/** Time in ms that an interrupted command has to put down what it holds. */
const graceMs = 5_000;

/** Does what a command line says, and answers how it ended. It throws nothing. */
export async function runCli(
  args: readonly string[],
  shell: Shell,
  commands: readonly CliCommand[],
  version: string,
): Promise<Outcome> {
  let printer = printerOf(shell, args.includes('--json'));
  let result: Result = {};
  const write = (text: string): void => shell.out.write(text);
  const program = createProgram(commands, version, write, async (command, options) => {
    printer = printerOf(shell, options.json ?? false);
    result = await act(command, options, shell, printer);
    if (!result.staysUp) printer.result(result);
  });
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return { exitCode: exitCodes.done, staysUp: false };
    }
    const failure =
      error instanceof CommanderError ? wrongLine(error, args, commands) : failureOf(error);
    printer.fail(failure);
    return { exitCode: failure.exitCode, staysUp: false };
  }
  const { isFound = false, staysUp = false } = result;
  return { exitCode: isFound ? exitCodes.found : exitCodes.done, staysUp };
}

/** A command, until it ends or somebody interrupts it. What hears signals itself is left alone. */
async function act(
  command: CliCommand,
  options: CommonOptions,
  shell: Shell,
  printer: Printer,
): Promise<Result> {
  const interruption = new AbortController();
  const { signal } = interruption;
  const session = { shell: { ...shell, ask: askUntil(signal, shell) }, printer, signal };
  if (command.hearsSignals) return command.act(session, { ...options });
  const heard = shell.interrupted();
  const acting = command.act(session, { ...options });
  const interrupted = heard.then(async () => {
    // The terminal has interrupted its gcloud as well, so that it is about to end.
    interruption.abort();
    await Promise.race([acting.catch(() => undefined), sleep(graceMs)]);
    throw new Failure('COMMAND_INTERRUPTED');
  });
  return Promise.race([acting, interrupted]).catch((error: unknown) => {
    throw signal.aborted ? new Failure('COMMAND_INTERRUPTED', undefined, { cause: error }) : error;
  });
}

/** Asks a person, and gives up when somebody interrupts the command. */
function askUntil(signal: AbortSignal, { ask }: Pick<Shell, 'ask'>): Shell['ask'] {
  return (question) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      ask(question).then(resolve, reject);
    });
}

function printerOf(shell: Shell, isJson: boolean): Printer {
  return isJson ? jsonPrinter(shell) : linePrinter(shell);
}

/** What commander finds wrong, as a sentence. */
function wrongLine(
  { message, code }: CommanderError,
  args: readonly string[],
  commands: readonly CliCommand[],
): Failure {
  // Where a group is named and none of its commands, it shows its help, which is no answer to a program.
  if (code === 'commander.help') {
    const group = `${args[0]} `;
    const names = commands.flatMap(({ name }) =>
      name.startsWith(group) ? [name.slice(group.length)] : [],
    );
    return new Failure('WRONG_COMMAND_LINE', `What to do is missing: one of ${names.join(', ')}.`, {
      todo: `See \`drover ${group}--help\`.`,
    });
  }
  const said = message.replace(/^error: /, '').replace(/\n+\((.*)\)$/, '; $1');
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return new Failure('WRONG_COMMAND_LINE', /[.?]$/.test(sentence) ? sentence : `${sentence}.`);
}
