import type { Json } from '../engine.ts';

/** What of a secret can be chosen, and changed but for the replication. */
export interface SecretFields {
  labels: { [key: string]: string };
  annotations: { [key: string]: string };
  /** Version numbers by alias. */
  aliases: { [alias: string]: number };
  /** When it is deleted with all versions, in ms since the epoch. */
  expireAt?: number;
  /** How long a version that is destroyed is only disabled before its value goes, in ms. Without it: not at all. */
  destroyTtlMs?: number;
}

/** A secret, as it is described. */
export interface SecretInfo extends SecretFields {
  /** `projects/<project>/secrets/<secret>` */
  name: string;
  createdAt: number;
  etag: string;
  /** As it was asked for: `{ automatic: {} }` or `{ userManaged: … }`. */
  replication: Json;
}

/** What of a secret is chosen, or changed. */
export interface SecretChanges extends Partial<SecretFields> {
  /** In place of `expireAt`: how long from now, in ms. */
  ttlMs?: number;
}

/** A secret, as it is asked for. */
export interface NewSecret extends SecretChanges {
  replication?: Json;
}

export type VersionState = 'ENABLED' | 'DISABLED' | 'DESTROYED';

/** A version without its value. */
export interface VersionInfo {
  /** `<secret>/versions/<number>` */
  name: string;
  createdAt: number;
  destroyedAt?: number;
  /** When its value goes, in ms since the epoch: somebody destroyed it, and the secret delays that. */
  destroyAt?: number;
  state: VersionState;
  etag: string;
  /** Whether the checksum came with the value. */
  checksumSent: boolean;
}

export interface AccessedVersion {
  name: string;
  data: Buffer;
  /** CRC32C of the data. */
  checksum: number;
}

/** Which page of a list is asked for, and of what. */
export interface ListRequest {
  filter?: string;
  /** Default, and most: what the service allows. */
  size?: number;
  /** {@link Listed.next} of the page before. */
  token?: string;
}

export interface Listed<T> {
  /** Newest first. */
  items: T[];
  next?: string;
  /** How many there are on all pages; 0 when there is a filter. */
  total: number;
}

/** What is refused beyond, with RESOURCE_EXHAUSTED: calls in any 60 seconds. */
export interface SecretQuotas {
  /** Calls that change a secret or a version. */
  writesPerMinute: number;
  /** Calls that describe or list. */
  readsPerMinute: number;
  /** Calls that answer with a value. */
  accessesPerMinute: number;
}
