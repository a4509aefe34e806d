import {
  builtinTypes,
  type CredentialField,
  type CredentialType,
  variablesOf,
} from '../../shared/credentials/types.ts';
import { cell } from './field-table.ts';
import { printJson } from './print-json.ts';

/** A Markdown table of the built-in credentials for this use: fields, their variables, and where one gets them. */
export function credentialTable(use: string): string {
  const types = Object.entries(builtinTypes).filter(([, type]) => type.use === use);
  if (types.length === 0) throw new Error(`no credential is for the use ${use}`);
  const rows = types.map(([name, type]) => {
    const { about, help, fields, setup } = type;
    const each = Object.entries(fields).map(([field, meaning]) => fieldCell(field, meaning, setup));
    // A single one is what the whole is.
    const names = each.length > 1 ? each.join('<br>') : (each[0] ?? '').replace(/ \([^)]*\)/, '');
    return `| \`${name}\` | ${cell(names)} | ${cell(about)} | ${cell(help)} |`;
  });
  return [
    '| type | fields, and what they set | what it is | where it comes from |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function fieldCell(
  field: string,
  { about, env = [], path = [] }: CredentialField,
  setup: CredentialType['setup'],
): string {
  const sets = [
    ...env.map((variable) => `\`${variable}\``),
    ...path.map((variable) => `\`${variable}\` (the path of its file)`),
    ...(setup === 'git_https' ? ['git at https://github.com'] : []),
    ...(setup === 'git_ssh' && field === 'id_rsa' ? ['`GIT_SSH_COMMAND`'] : []),
  ];
  return `\`${field}\` (${about})${sets.length > 0 ? `: ${sets.join(', ')}` : ''}`;
}

/** What the agent image knows of the built-in types, as JSON: those that set something. */
export function imageCredentialTypes(): string {
  const types = Object.entries(builtinTypes).flatMap(([name, type]) => {
    const variables = variablesOf(type);
    const isSilent = Object.keys(variables.env).length === 0 && !variables.paths && !type.setup;
    return isSilent ? [] : [[name, variables] as const];
  });
  return printJson(Object.fromEntries(types));
}
