import type { CredentialFields } from '../../shared/credentials/home.ts';
import { type CredentialReference, isFieldName } from '../../shared/credentials/reference.ts';
import { Failure } from '../cli/errors.ts';
import { type FiledCredential, readCredentialFiles } from '../credential-files.ts';

/** What somebody wants a credential to hold. */
export interface Wanted {
  reference: CredentialReference;
  fields: CredentialFields;
  /** These are all of its fields, and others go; or others stay beside them. */
  isWhole: boolean;
}

/** Largest value of a field, in bytes (Secret Manager quotas page, "Secret version payload"). */
export const largestValue = 65_536;

/**
 * The credential `type:instance` as the first of these directories has it; undefined when none has.
 *
 * @throws Failure `CREDENTIAL_WRONG` when a field is none that Secret Manager takes.
 */
export function readFiled(
  directories: readonly string[],
  reference: string,
): FiledCredential | undefined {
  let filed: FiledCredential | undefined;
  try {
    filed = readCredentialFiles(directories, reference);
  } catch (cause) {
    throw new Failure('CREDENTIAL_WRONG', cause instanceof Error ? cause.message : undefined, {
      cause,
    });
  }
  if (filed) checkFields(filed, filed.fields);
  return filed;
}

/** @throws Failure `CREDENTIAL_WRONG` when a field is none that Secret Manager takes. It tells the field, and nothing of its value. */
export function checkFields(
  { type, instance }: CredentialReference,
  fields: CredentialFields,
  todo?: string,
): void {
  const wrong = (what: string): Failure =>
    new Failure('CREDENTIAL_WRONG', what, todo === undefined ? {} : { todo });
  for (const [field, { length }] of Object.entries(fields)) {
    const name = `The field ${field} of the credential ${type}:${instance}`;
    if (!isFieldName(field)) {
      throw wrong(
        `${name} cannot be called so: a field's name has letters, digits, - and _, and begins with a letter.`,
      );
    }
    if (length > largestValue) {
      throw wrong(`${name} has ${length} bytes; Secret Manager takes at most ${largestValue}.`);
    }
    if (length === 0) throw wrong(`${name} is empty.`);
  }
}
