import type { Command } from './kind.ts';

const reference = /\{answer (\d+): ([\w.]+)\}/g;

/**
 * Stands in an argument, the `url` or the `body` of a command for a field of what an earlier command of the same list answered:
 * Google chooses some names itself. A dry run shows it as it is.
 */
export function answerOf(command: number, field: string): string {
  return `{answer ${command}: ${field}}`;
}

/**
 * `command` with the fields that {@link answerOf} names put in. Undefined: one of them was not answered, so the command has
 * nothing to ask for.
 */
export function withAnswers(command: Command, answers: readonly unknown[]): Command | undefined {
  let isWhole = true;
  const fill = (text: string): string =>
    text.replaceAll(reference, (_, index: string, field: string) => {
      const value = field.split('.').reduce<unknown>(fieldOf, answers[Number(index)]);
      if (typeof value === 'string') return value;
      isWhole = false;
      return '';
    });
  if (command.tool === 'gcloud') {
    const args = command.args.map(fill);
    return isWhole ? { ...command, args } : undefined;
  }
  const url = fill(command.url);
  const body = command.body === undefined ? {} : { body: filled(command.body, fill) };
  return isWhole ? { ...command, url, ...body } : undefined;
}

function filled(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((each) => filled(each, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, fill)]));
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as { readonly [field: string]: unknown })[name]
    : undefined;
}
