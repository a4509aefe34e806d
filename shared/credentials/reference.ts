/** A credential instance: `type:instance`, or `type` for the instance `default`. */
export interface CredentialReference {
  type: string;
  instance: string;
}

/** What a type, an instance and a field may be called: they become parts of secret ids, paths and aliases. */
const typePattern = /^[a-z][a-z0-9_]{0,62}$/;
const instancePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
/** Secret Manager's rule for a version alias. */
const fieldPattern = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** Reads a reference; undefined when it is not one. */
export function parseReference(reference: string): CredentialReference | undefined {
  const [type = '', instance = 'default', ...rest] = reference.split(':');
  if (rest.length > 0 || !typePattern.test(type) || !instancePattern.test(instance))
    return undefined;
  return { type, instance };
}

/** Whether a field of a credential may be called this. */
export function isFieldName(field: string): boolean {
  return fieldPattern.test(field);
}

/** `type-instance`, as it stands in secret ids. No two references give the same: a type has no `-`. */
export function credentialId({ type, instance }: CredentialReference): string {
  return `${type}-${instance}`;
}
