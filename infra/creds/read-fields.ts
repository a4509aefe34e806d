import { type CredentialFields, homeSecretId } from '../../shared/credentials/home.ts';
import type { CredentialReference } from '../../shared/credentials/reference.ts';
import { hasCode, type Secrets } from '../../shared/ports/index.ts';

/** The value of a version; undefined when somebody has disabled or destroyed it. */
export async function readVersion(
  secrets: Pick<Secrets, 'access'>,
  id: string,
  number: string,
): Promise<Uint8Array | undefined> {
  try {
    return await secrets.access(id, number);
  } catch (error) {
    if (hasCode(error, 'not_found', 'failed_precondition')) return undefined;
    throw error;
  }
}

/**
 * Those fields of a credential that can be read; undefined when it has no home. A run needs all of them or none; here, one whose
 * version is disabled must not hide the others, which would look as if nobody had ever given them a value.
 */
export async function readFields(
  secrets: Pick<Secrets, 'access' | 'get'>,
  reference: CredentialReference,
): Promise<CredentialFields | undefined> {
  const id = homeSecretId(reference);
  const home = await secrets.get(id);
  if (!home) return undefined;
  const read = Object.entries(home.aliases).map(async ([field, number]) => {
    const value = await readVersion(secrets, id, number);
    return value ? [[field, value] as const] : [];
  });
  return Object.fromEntries((await Promise.all(read)).flat());
}
