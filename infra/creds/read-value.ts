import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CredentialFields } from '../../shared/credentials/home.ts';
import { type CredentialReference, isFieldName } from '../../shared/credentials/reference.ts';
import { builtinType, type OwnCredentialTypes } from '../../shared/credentials/types.ts';
import { Failure } from '../cli/errors.ts';
import type { Shell } from '../cli/shell.ts';
import { withoutLineEnds } from '../credential-files.ts';
import { checkFields, largestValue } from './wanted.ts';

/** Where one value comes from. Never from the command line: that is shown to everybody on the machine, and kept by the shell. */
export interface ValueSource {
  /** A file that holds it; `-` is standard input. */
  file?: string | undefined;
  /** It is made up here, and nobody sees it. */
  generate?: boolean | undefined;
  field?: string | undefined;
}

/** Types whose value means nothing to anybody else, so that it can be made up. */
const madeUp = ['gateway_api_key', 'generic_webhook_secret', 'github_webhook_secret'];

/**
 * One value of a credential, by its field.
 *
 * @throws Failure `WRONG_COMMAND_LINE` when it comes from nowhere or is of no field, `CREDENTIAL_WRONG` when it is none.
 */
export async function readValue(
  shell: Pick<Shell, 'input' | 'directory'>,
  reference: CredentialReference,
  source: ValueSource,
  own: OwnCredentialTypes,
): Promise<CredentialFields> {
  const field = fieldOf(reference, source.field, own);
  const value = source.generate ? makeUp(reference) : await readOne(shell, source.file ?? '-');
  const fields = { [field]: withoutLineEnds(Buffer.from(value)) };
  checkFields(reference, fields, 'Give it another value, and run this command again.');
  return fields;
}

/** The field that is meant: the one that is named, or the only one of the type. */
function fieldOf(
  { type }: CredentialReference,
  named: string | undefined,
  own: OwnCredentialTypes,
): string {
  if (named !== undefined) {
    if (isFieldName(named)) return named;
    // It is not repeated: it may be a value that is in the wrong place.
    throw new Failure(
      'WRONG_COMMAND_LINE',
      '--field names no field: a name has letters, digits, - and _, and begins with a letter.',
    );
  }
  const builtin = builtinType(type);
  const declared = Object.hasOwn(own, type) ? own[type]?.fields : undefined;
  const fields = builtin ? Object.keys(builtin.fields) : declared;
  const [first, ...others] = fields ?? [];
  if (first !== undefined && others.length === 0) return first;
  const which = fields ? `: one of ${fields.join(', ')}` : '';
  throw new Failure('WRONG_COMMAND_LINE', `--field is missing${which}.`);
}

function makeUp({ type }: CredentialReference): string {
  if (madeUp.includes(type)) return randomBytes(32).toString('hex');
  throw new Failure(
    'WRONG_COMMAND_LINE',
    `A value of ${type} comes from whoever gives it out; only those of ${madeUp.join(', ')} can be made up.`,
  );
}

async function readOne(
  { input, directory }: Pick<Shell, 'input' | 'directory'>,
  file: string,
): Promise<Uint8Array> {
  if (file !== '-') return readStart(resolve(directory, file));
  const value = await input(largestValue + lineEnds);
  if (value) return value;
  throw new Failure(
    'WRONG_COMMAND_LINE',
    'The value comes on standard input, and nothing is connected to it.',
    {
      todo: 'Have a command write it there (`pass show token | drover creds …`), or name a file with --file.',
    },
  );
}

/** Room for the line ends that are dropped. */
const lineEnds = 16;

/** A file, or as much of it as shows that it is too large. */
function readStart(path: string): Uint8Array {
  const buffer = Buffer.alloc(largestValue + lineEnds + 1);
  try {
    const file = openSync(path, 'r');
    try {
      let length = 0;
      for (;;) {
        const read = readSync(file, buffer, length, buffer.length - length, null);
        length += read;
        if (read === 0 || length === buffer.length) return buffer.subarray(0, length);
      }
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure('CREDENTIAL_WRONG', `The file ${path} could not be read (${code}).`, {
      cause,
      todo: 'Name a file that can be read, and run this command again.',
    });
  }
}
