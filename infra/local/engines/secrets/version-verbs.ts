import { EngineError } from '../engine.ts';
import { crc32c } from './crc32c.ts';
import { versionFilter } from './filter.ts';
import { listed } from './list.ts';
import { secretOf, versionOf } from './names.ts';
import {
  checkEtag,
  findSecret,
  newEtag,
  type Secret,
  type State,
  saveVersion,
  type Version,
} from './state.ts';
import type { AccessedVersion, Listed, ListRequest, VersionInfo, VersionState } from './types.ts';

/** Largest value, in bytes (SecretPayload.data in resources.proto: 64 KiB). */
const maxValueBytes = 64 * 1024;

/**
 * What can be done to versions. Every verb throws `NOT_FOUND` for one that is not there. A version is named by its number;
 * to get or to access it, also by `latest` (the newest, whatever its state) or by an alias.
 */
export interface VersionVerbs {
  /** `checksum` is the CRC32C of `data`, to be verified. @throws `INVALID_ARGUMENT` */
  addSecretVersion(parent: string, data: Uint8Array, checksum?: number): VersionInfo;
  getSecretVersion(name: string): VersionInfo;
  listSecretVersions(parent: string, request: ListRequest): Listed<VersionInfo>;
  /** @throws `FAILED_PRECONDITION` when it is disabled or destroyed */
  accessSecretVersion(name: string): AccessedVersion;
  /** @throws `FAILED_PRECONDITION` when it is destroyed */
  enableSecretVersion(name: string, etag?: string): VersionInfo;
  /** @throws `FAILED_PRECONDITION` when it is destroyed */
  disableSecretVersion(name: string, etag?: string): VersionInfo;
  /** Removes the value, or has that come later: the secret may delay it. @throws `FAILED_PRECONDITION` when it is destroyed */
  destroySecretVersion(name: string, etag?: string): VersionInfo;
}

export function versionVerbs(state: State): VersionVerbs {
  const { context, project } = state;
  const resolve = (name: string): [Secret, Version] => {
    const ids = versionOf(name, project);
    const secret = findSecret(state, ids.secret);
    settle(state, secret);
    return [secret, find(secret, ids.version)];
  };
  const change = (name: string, to: VersionState, etag: string | undefined): VersionInfo => {
    state.count('writes');
    const { secret: id, version: number } = versionOf(name, project);
    const secret = findSecret(state, id);
    if (!/^\d+$/.test(number)) throw missing(secret, number);
    const version = find(secret, number);
    checkEtag(version.etag, etag, name);
    settle(state, secret);
    if (version.state === 'DESTROYED') throw inState(secret, version);
    const delay = to === 'DESTROYED' ? secret.info.destroyTtlMs : undefined;
    version.state = delay === undefined ? to : 'DISABLED';
    version.etag = newEtag(state);
    // Whatever is asked for takes the place of a destruction that was to come.
    delete version.destroyAt;
    if (delay !== undefined) version.destroyAt = context.now() + delay;
    else if (to === 'DESTROYED') destroy(version, context.now());
    saveVersion(state, secret, version);
    return described(secret, version);
  };
  return {
    addSecretVersion: (parent, data, sent) => {
      state.count('writes');
      const secret = findSecret(state, secretOf(parent, project));
      const checksum = checkValue(data, sent);
      const version: Version = {
        number: secret.versions.length + 1,
        createdAt: context.now(),
        state: 'ENABLED',
        etag: newEtag(state),
        checksumSent: sent !== undefined,
        data: Buffer.from(data),
        checksum,
      };
      secret.versions.push(version);
      saveVersion(state, secret, version);
      return described(secret, version);
    },
    getSecretVersion: (name) => {
      state.count('reads');
      return described(...resolve(name));
    },
    listSecretVersions: (parent, request) => {
      state.count('reads');
      const secret = findSecret(state, secretOf(parent, project));
      settle(state, secret);
      const newestFirst = secret.versions
        .map((version) => ({ rank: version.number, item: described(secret, version) }))
        .reverse();
      return listed(newestFirst, versionFilter(request.filter ?? ''), request);
    },
    accessSecretVersion: (name) => {
      state.count('accesses');
      const [secret, version] = resolve(name);
      if (version.state !== 'ENABLED' || !version.data) throw inState(secret, version);
      return {
        name: nameOf(secret, version.number),
        data: Buffer.from(version.data),
        checksum: version.checksum,
      };
    },
    enableSecretVersion: (name, etag) => change(name, 'ENABLED', etag),
    disableSecretVersion: (name, etag) => change(name, 'DISABLED', etag),
    destroySecretVersion: (name, etag) => change(name, 'DESTROYED', etag),
  };
}

/** Destroys the versions of a secret whose time has come. */
function settle(state: State, secret: Secret): void {
  for (const version of secret.versions) {
    const { destroyAt } = version;
    if (destroyAt === undefined || destroyAt > state.context.now()) continue;
    destroy(version, destroyAt);
    saveVersion(state, secret, version);
  }
}

function destroy(version: Version, at: number): void {
  delete version.data;
  delete version.destroyAt;
  version.state = 'DESTROYED';
  version.destroyedAt = at;
}

function checkValue(data: Uint8Array, sent: number | undefined): number {
  if (data.length === 0)
    throw new EngineError('INVALID_ARGUMENT', 'Secret Payload cannot be empty.');
  if (data.length > maxValueBytes) {
    throw new EngineError(
      'INVALID_ARGUMENT',
      `The maximum size for a secret payload is ${maxValueBytes} bytes.`,
    );
  }
  const checksum = crc32c(data);
  if (sent !== undefined && sent !== checksum) {
    throw new EngineError(
      'INVALID_ARGUMENT',
      'The provided data_crc32c does not match the checksum of the data.',
    );
  }
  return checksum;
}

function find(secret: Secret, version: string): Version {
  const number = Object.hasOwn(secret.info.aliases, version)
    ? secret.info.aliases[version]
    : Number(version);
  const found = version === 'latest' ? secret.versions.at(-1) : secret.versions[(number ?? 0) - 1];
  if (found) return found;
  throw missing(secret, version);
}

function missing(secret: Secret, version: string): EngineError {
  const message =
    version === 'latest'
      ? `Secret [${secret.info.name}] not found or has no versions.`
      : `Secret Version [${nameOf(secret, version)}] not found.`;
  return new EngineError('NOT_FOUND', message);
}

function inState(secret: Secret, version: Version): EngineError {
  return new EngineError(
    'FAILED_PRECONDITION',
    `Secret Version [${nameOf(secret, version.number)}] is in ${version.state} state.`,
  );
}

function nameOf({ info }: Secret, version: number | string): string {
  return `${info.name}/versions/${version}`;
}

function described(secret: Secret, version: Version): VersionInfo {
  const { createdAt, destroyedAt, destroyAt, state, etag, checksumSent, number } = version;
  return {
    name: nameOf(secret, number),
    createdAt,
    ...(destroyedAt !== undefined && { destroyedAt }),
    ...(destroyAt !== undefined && { destroyAt }),
    state,
    etag,
    checksumSent,
  };
}
