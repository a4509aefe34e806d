import { join } from 'node:path';
import { type CredentialReference, parseReference } from '../../shared/credentials/reference.ts';
import { Failure } from '../cli/errors.ts';
import { credentialDirectories } from '../credential-files.ts';
import { nameOf } from './plan-push.ts';
import { readFiled, type Wanted } from './wanted.ts';

/**
 * Credentials as they are named on a command line, each once.
 *
 * @throws Failure `WRONG_COMMAND_LINE`, which repeats nothing of what was typed: it may be a value that is in the wrong place.
 */
export function readNames(texts: readonly string[]): CredentialReference[] {
  const references = texts.map((text, at) => {
    const reference = parseReference(text);
    if (reference) return reference;
    throw new Failure(
      'WRONG_COMMAND_LINE',
      `Argument ${at + 1} names no credential: a name is type:instance, such as github_token:work, or a type alone.`,
    );
  });
  return [...new Map(references.map((each) => [nameOf(each), each])).values()];
}

/**
 * Credentials of these names, as they lie on this machine.
 *
 * @throws Failure `CREDENTIAL_WRONG` when one lies nowhere, or is none that Secret Manager takes.
 */
export function namedHere(references: readonly CredentialReference[], directory: string): Wanted[] {
  const directories = credentialDirectories(directory);
  return references.map((reference) => {
    const name = nameOf(reference);
    const filed = readFiled(directories, name);
    if (filed && Object.keys(filed.fields).length > 0) {
      return { reference, fields: filed.fields, isWhole: true };
    }
    const places = directories.map((root) => join(root, reference.type, reference.instance));
    throw new Failure('CREDENTIAL_WRONG', `The credential ${name} lies nowhere on this machine.`, {
      details: places.map((place) => `looked in ${place}`),
      todo: 'Put its fields into one of these directories, or its value onto standard input with --file -.',
    });
  });
}
