import { EngineError, type Json } from '../engines/engine.ts';
import type { NewSecret, SecretFields, SecretInfo, VersionInfo } from '../engines/secrets/index.ts';
import type { Message } from './server.ts';
import { millis, type WireTime, wireTime } from './times.ts';

/** A secret as the wire decodes it. */
export interface WireSecret {
  name: string;
  etag: string;
  labels: { [key: string]: string };
  annotations: { [key: string]: string };
  versionAliases: { [alias: string]: string };
  replication: { replication?: 'automatic' | 'userManaged'; [kind: string]: unknown } | null;
  expiration?: 'expireTime' | 'ttl';
  expireTime?: WireTime;
  ttl?: WireTime;
  topics: unknown[];
  rotation: unknown;
  versionDestroyTtl?: WireTime | null;
}

/** @throws `UNIMPLEMENTED` for what the local cloud does not have */
export function newSecret(secret: WireSecret): NewSecret {
  if (secret.topics.length > 0 || secret.rotation) {
    throw new EngineError('UNIMPLEMENTED', 'Topics and rotation are not there in the local cloud.');
  }
  const { replication, expireTime, ttl, versionDestroyTtl } = secret;
  const kind = replication?.replication;
  const aliases = Object.entries(secret.versionAliases).map(
    ([alias, number]) => [alias, Number(number)] as const,
  );
  return {
    labels: secret.labels,
    annotations: secret.annotations,
    aliases: Object.fromEntries(aliases),
    ...(kind && { replication: { [kind]: replication[kind] as Json } }),
    ...(expireTime && { expireAt: millis(expireTime) }),
    ...(ttl && { ttlMs: millis(ttl) }),
    ...(versionDestroyTtl && { destroyTtlMs: millis(versionDestroyTtl) }),
  };
}

const fieldsByPath: { readonly [path: string]: keyof SecretFields } = {
  labels: 'labels',
  annotations: 'annotations',
  version_aliases: 'aliases',
  expire_time: 'expireAt',
  ttl: 'expireAt',
  version_destroy_ttl: 'destroyTtlMs',
};

/** The fields of a secret that an update mask names. @throws `INVALID_ARGUMENT` */
export function updatedFields(paths: readonly string[]): (keyof SecretFields)[] {
  return paths.map((path) => {
    const field = Object.hasOwn(fieldsByPath, path) ? fieldsByPath[path] : undefined;
    if (field) return field;
    throw new EngineError('INVALID_ARGUMENT', `The update mask path [${path}] is invalid.`);
  });
}

export function secretMessage(info: SecretInfo): Message {
  return {
    name: info.name,
    replication: info.replication,
    createTime: wireTime(info.createdAt),
    labels: info.labels,
    annotations: info.annotations,
    versionAliases: info.aliases,
    ...(info.expireAt !== undefined && { expireTime: wireTime(info.expireAt) }),
    ...(info.destroyTtlMs !== undefined && { versionDestroyTtl: wireTime(info.destroyTtlMs) }),
    etag: info.etag,
  };
}

export function versionMessage(info: VersionInfo): Message {
  return {
    name: info.name,
    createTime: wireTime(info.createdAt),
    ...(info.destroyedAt !== undefined && { destroyTime: wireTime(info.destroyedAt) }),
    ...(info.destroyAt !== undefined && { scheduledDestroyTime: wireTime(info.destroyAt) }),
    state: info.state,
    replicationStatus: { automatic: {} },
    etag: info.etag,
    clientSpecifiedPayloadChecksum: info.checksumSent,
  };
}
