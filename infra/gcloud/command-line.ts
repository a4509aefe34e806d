import type { Command } from '../deployment/kind.ts';

/** Longest piece of a command that is shown whole; of longer ones the beginning is. Characters. */
const shown = 2_000;

/** A command as one would type it into a shell, or as an API call: for a dry run and for messages. */
export function commandLine(command: Command, project?: string): string {
  if (command.tool === 'api') {
    const body = command.body === undefined ? '' : ` ${cut(JSON.stringify(command.body))}`;
    return `${command.method} ${command.url}${body}`;
  }
  const files = Object.entries(command.files ?? {}).map(
    ([flag, content]) => `${flagName(flag)}=<(printf %s ${quoted(cut(content))})`,
  );
  const args = project === undefined ? command.args : [...command.args, `--project=${project}`];
  return ['gcloud', ...args.map(quoted), ...files].join(' ');
}

/** `--flag` of `flag` and of `--flag`. */
export function flagName(flag: string): string {
  return flag.startsWith('--') ? flag : `--${flag}`;
}

/** A word as a shell takes it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./~^-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function cut(text: string): string {
  return text.length > shown ? `${text.slice(0, shown)}…` : text;
}
