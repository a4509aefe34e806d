import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isFieldName, parseReference } from '../shared/credentials/reference.ts';
import { builtinType, type OwnCredentialTypes } from '../shared/credentials/types.ts';
import { nearest } from '../shared/projects/nearest.ts';

/** A credential as files hold it: `<type>/<instance>/<field>`. */
export interface FiledCredential {
  type: string;
  instance: string;
  fields: { [field: string]: Uint8Array };
}

/** Where a project's credentials lie on this machine; what lies in the first hides what lies in the second. */
export function credentialDirectories(project: string): string[] {
  return [ownDirectory(project), join(homedir(), '.action-llama', 'credentials')];
}

/** The credential `type:instance` from the first directory that has it, without the line ends that editors add. */
export function readCredentialFiles(
  directories: readonly string[],
  reference: string,
): FiledCredential | undefined {
  const parsed = parseReference(reference);
  if (!parsed) return undefined;
  const { type, instance } = parsed;
  const directory = directories.map((root) => join(root, type, instance)).find(existsSync);
  if (directory === undefined) return undefined;
  const fields: FiledCredential['fields'] = {};
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const file = join(directory, entry.name);
    if (!isFieldName(entry.name)) {
      throw new Error(
        `${file}: a field's name has letters, digits, - and _, and begins with a letter`,
      );
    }
    fields[entry.name] = withoutLineEnds(readFileSync(file));
  }
  return { type, instance, fields };
}

/**
 * What a person should know when the fields of a credential are not those of its type: a variable would be missing, quietly.
 * Undefined when they are, or when nobody declares the type.
 */
export function fieldNote(
  { type, instance, fields }: FiledCredential,
  own: OwnCredentialTypes,
): string | undefined {
  const declared = Object.hasOwn(own, type) ? own[type]?.fields : undefined;
  const builtin = builtinType(type);
  const wanted = builtin ? Object.keys(builtin.fields) : declared;
  if (!wanted) return undefined;
  const missing = wanted.filter((field) => !Object.hasOwn(fields, field));
  const unknown = Object.keys(fields)
    .filter((field) => !wanted.includes(field))
    .map((field) => {
      const meant = nearest(field, missing);
      return meant === undefined ? field : `${field} (did you mean ${meant}?)`;
    });
  const parts = [
    ...(missing.length > 0 ? [`has no ${missing.join(', no ')}`] : []),
    ...(unknown.length > 0 ? [`its type does not know ${unknown.join(', ')}`] : []),
  ];
  return parts.length > 0 ? `credential ${type}:${instance}: ${parts.join('; ')}` : undefined;
}

/** Puts one field of a credential into the project's own directory, readable by its owner alone. */
export function writeCredentialFile(
  project: string,
  reference: string,
  field: string,
  value: string | Uint8Array,
): string {
  const file = join(ownDirectory(project), ...reference.split(':'), field);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, value, { mode: 0o600 });
  return file;
}

function ownDirectory(project: string): string {
  return join(project, '.drover', 'credentials');
}

/** A value without the line ends that editors, and `echo`, add. */
export function withoutLineEnds(value: Buffer): Uint8Array {
  let end = value.length;
  while (end > 0 && (value[end - 1] === 0x0a || value[end - 1] === 0x0d)) end -= 1;
  return value.subarray(0, end);
}
