import { hasCode, type Ports } from '../ports/index.ts';
import { type CredentialReference, credentialId, parseReference } from './reference.ts';

/** The value of each field of a credential. */
export type CredentialFields = { readonly [field: string]: Uint8Array };

/** What the ids of all homes begin with. */
const homePrefix = 'drover-cred-';

/** The secret in which a credential lives between runs: each field a version, found by alias (D4). */
export function homeSecretId(reference: CredentialReference): string {
  return `${homePrefix}${credentialId(reference)}`;
}

/** The credential whose home has this id; undefined when it is none. */
export function homeReference(id: string): CredentialReference | undefined {
  if (!id.startsWith(homePrefix)) return undefined;
  // A type has no `-`, and each home names its instance.
  const [type = '', ...instance] = id.slice(homePrefix.length).split('-');
  return instance.length === 0 ? undefined : parseReference(`${type}:${instance.join('-')}`);
}

/** How often a credential is looked at whose versions are put away meanwhile. */
const mostLooks = 2;

/**
 * The fields of a credential, or undefined when there is none of that name. Two sequential round trips; twice as many when a
 * version that was named is gone, because somebody has just given its field another.
 */
export async function readCredential(
  { secrets }: Pick<Ports, 'secrets'>,
  reference: CredentialReference,
): Promise<CredentialFields | undefined> {
  const id = homeSecretId(reference);
  for (let look = 1; look <= mostLooks; look += 1) {
    const home = await secrets.get(id);
    if (!home) return undefined;
    try {
      const fields = Object.entries(home.aliases).map(
        async ([field, version]) => [field, await secrets.access(id, version)] as const,
      );
      return Object.fromEntries(await Promise.all(fields));
    } catch (error) {
      if (!hasCode(error, 'not_found', 'failed_precondition')) throw error;
    }
  }
  return undefined;
}

/**
 * Puts a credential into its home. Fields that hold their value already keep their version, so that a repeated call
 * writes nothing. Answers with the version of each field.
 *
 * @param keepsOthers Fields that are there and not given stay as they are, also where they cannot be read. Default: they go.
 */
export async function keepCredential(
  ports: Pick<Ports, 'secrets'>,
  reference: CredentialReference,
  fields: CredentialFields,
  { keepsOthers = false }: { keepsOthers?: boolean } = {},
): Promise<{ readonly [field: string]: string }> {
  const { secrets } = ports;
  const id = homeSecretId(reference);
  const labels = { drover: 'credential', 'drover-type': reference.type };
  const known = (await readCredential(ports, reference)) ?? {};
  await secrets.create({ id, labels });
  const aliases = { ...(await secrets.get(id))?.aliases };
  let changed = false;
  for (const field of Object.keys(aliases)) {
    if (keepsOthers || fields[field]) continue;
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
  return aliases;
}
