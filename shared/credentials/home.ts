import { hasCode, type Ports } from '../ports/index.ts';
import { type CredentialReference, credentialId } from './reference.ts';

/** The value of each field of a credential. */
export type CredentialFields = { readonly [field: string]: Uint8Array };

/** The secret in which a credential lives between runs: each field a version, found by alias (D4). */
export function homeSecretId(reference: CredentialReference): string {
  return `drover-cred-${credentialId(reference)}`;
}

/** The fields of a credential, or undefined when there is none of that name. Two sequential round trips. */
export async function readCredential(
  { secrets }: Pick<Ports, 'secrets'>,
  reference: CredentialReference,
): Promise<CredentialFields | undefined> {
  const id = homeSecretId(reference);
  const home = await secrets.get(id);
  if (!home) return undefined;
  try {
    const fields = Object.entries(home.aliases).map(
      async ([field, version]) => [field, await secrets.access(id, version)] as const,
    );
    return Object.fromEntries(await Promise.all(fields));
  } catch (error) {
    if (hasCode(error, 'not_found', 'failed_precondition')) return undefined;
    throw error;
  }
}

/**
 * Puts a credential into its home. Fields that hold their value already keep their version, so that a repeated call
 * writes nothing. Answers whether anything changed.
 */
export async function keepCredential(
  ports: Pick<Ports, 'secrets'>,
  reference: CredentialReference,
  fields: CredentialFields,
): Promise<boolean> {
  const { secrets } = ports;
  const id = homeSecretId(reference);
  const labels = { drover: 'credential', 'drover-type': reference.type };
  const known = (await readCredential(ports, reference)) ?? {};
  await secrets.create({ id, labels });
  const aliases = { ...(await secrets.get(id))?.aliases };
  let changed = false;
  for (const field of Object.keys(aliases)) {
    if (fields[field]) continue;
    delete aliases[field];
    changed = true;
  }
  for (const [field, value] of Object.entries(fields)) {
    const current = known[field];
    if (current && Buffer.compare(current, value) === 0) continue;
    aliases[field] = await secrets.addVersion(id, value);
    changed = true;
  }
  if (changed) await secrets.setAliases(id, aliases);
  return changed;
}
