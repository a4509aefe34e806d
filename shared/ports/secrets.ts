/** Labels of a resource: keys and values of `[a-z0-9_-]`, at most 63 characters. */
export type Labels = { readonly [key: string]: string };

/** A secret without its values. */
export interface SecretInfo {
  /** `[A-Za-z0-9_-]`, at most 255 characters, unique in the project. */
  id: string;
  labels: Labels;
  /** Version numbers by alias: for a credential, one alias a field (D4). */
  aliases: { readonly [alias: string]: string };
  /** When it was made, in ms since the epoch. */
  createdAt: number;
}

export interface NewSecret {
  id: string;
  labels: Labels;
  /** When Google deletes it with all versions, in ms since the epoch. Default: never. */
  expiresAt?: number;
}

/** Secret Manager. A version's value is at most 64 KiB (Secret Manager quotas page). */
export interface Secrets {
  /** Makes a secret without a version. `exists`: it was there, unchanged. */
  create(secret: NewSecret): Promise<'created' | 'exists'>;
  /** Adds a value. Answers with the version's number as Google chose it. Not idempotent. */
  addVersion(id: string, value: Uint8Array): Promise<string>;
  /** Replaces the aliases of a secret. */
  setAliases(id: string, aliases: { readonly [alias: string]: string }): Promise<void>;
  /** The secret's description, or undefined. */
  get(id: string): Promise<SecretInfo | undefined>;
  /** The value of one version, by number or alias. Throws `not_found`, `failed_precondition` (destroyed). */
  access(id: string, version: string): Promise<Uint8Array>;
  /** All secrets that carry every one of `labels`. Reads all pages. */
  list(labels: Labels): Promise<SecretInfo[]>;
  /** Deletes a secret with all its versions. `absent`: there was none. */
  delete(id: string): Promise<'deleted' | 'absent'>;
}
