import { z } from 'zod';
import { isFieldName, parseReference } from '../../credentials/reference.ts';
import { builtinType } from '../../credentials/types.ts';
import { quoted } from '../quoted.ts';
import { variableProblem } from '../variable.ts';
import { field, required } from './field.ts';
import { checked, text } from './values.ts';

/** Variables that the shell and the entry point of a container live by. */
const needed = ['PATH', 'HOME', 'IFS', 'PWD', 'TMPDIR', 'ENV', 'BASH_ENV', 'LD_PRELOAD'];

function typeProblem(type: string): string | undefined {
  if (builtinType(type))
    return 'is built in, with fields and variables of its own; call yours otherwise';
  return parseReference(type)?.type === type
    ? undefined
    : 'not the name of a type: lower-case letters, digits and _, at most 63, beginning with a letter';
}

const fieldName = checked(text, (name) =>
  isFieldName(name)
    ? undefined
    : `${quoted(name)} is not the name of a field: letters, digits, - and _, at most 63, beginning with a letter`,
);

/** Stricter than for `[env]`: a variable in lower case may be one that the entry point works with. */
const variable = checked(text, (name) => {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) {
    return `${quoted(name)} is not the name of a variable: upper-case letters, digits and _`;
  }
  if (needed.includes(name)) return `${name} is a variable that every container needs for itself`;
  const problem = variableProblem(name);
  return problem && `${name}: ${problem}`;
});

/** `[credentials.<type>]` of the project. */
export const credentialSchema = z.strictObject({
  description: field(text.max(500), {
    description: 'What it is and is good for, told to the agent',
    otherwise: 'nothing is told',
    origin: 'Drover',
    expects: 'a text of at most 500 characters',
  }),
  fields: required(z.array(fieldName).min(1).max(20), {
    description: 'Names of its values, each a file in the container',
    origin: 'Drover',
    expects: 'a list of up to 20 names',
  }),
  env: field(z.record(fieldName, z.union([variable, z.array(variable).min(1).max(10)])), {
    description: 'By field: the variable that holds its value, or a list of them',
    otherwise: 'none',
    origin: 'Drover',
    expects: 'a table such as { token = "PAGER_TOKEN" }',
  }),
});

/** Types by name. */
export const credentialsSchema = z.record(checked(z.string(), typeProblem), credentialSchema);

export type CredentialConfig = z.infer<typeof credentialSchema>;
