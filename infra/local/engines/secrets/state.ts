import { type EngineContext, EngineError, type Json } from '../engine.ts';
import { minuteQuota } from '../minute-quota.ts';
import type { SecretInfo, SecretQuotas, VersionState } from './types.ts';

/** A version with its value; a destroyed one has none. */
export interface Version {
  number: number;
  createdAt: number;
  destroyedAt?: number;
  /** When its value goes. */
  destroyAt?: number;
  state: VersionState;
  etag: string;
  checksumSent: boolean;
  data?: Buffer;
  checksum: number;
}

export interface Secret {
  id: string;
  info: SecretInfo;
  /** Orders secrets by their creation, within a process. */
  rank: number;
  /** By number, which begins at 1 and has no gap: versions are destroyed, never deleted. */
  versions: Version[];
}

/** What the verbs of the engine work on. */
export interface State {
  context: EngineContext;
  project: string;
  secrets: Map<string, Secret>;
  /** Secrets by each of their labels, `<key>=<value>`. */
  byLabel: Map<string, Set<Secret>>;
  lastRank: number;
  /** The earliest time at which a secret expires. */
  nextExpiry: number;
  quotas: SecretQuotas;
  /** Counts a call against its quota. @throws `RESOURCE_EXHAUSTED` */
  count(kind: 'writes' | 'reads' | 'accesses'): void;
}

/** Google's defaults of one project (Secret Manager quotas page). */
export const googleSecretQuotas: SecretQuotas = {
  writesPerMinute: 600,
  readsPerMinute: 600,
  accessesPerMinute: 90_000,
};

/** Off until they are turned on: a burst on the local cloud would take as long as it does on Google's. */
const noQuotas: SecretQuotas = {
  writesPerMinute: Number.POSITIVE_INFINITY,
  readsPerMinute: Number.POSITIVE_INFINITY,
  accessesPerMinute: Number.POSITIVE_INFINITY,
};

const secretsTable = 'secrets.secrets';
const versionsTable = 'secrets.versions';

export function loadState(context: EngineContext, project: string): State {
  const secrets = new Map<string, Secret>();
  const quotas = { ...noQuotas };
  const rates = {
    writes: minuteQuota(() => quotas.writesPerMinute, context.now),
    reads: minuteQuota(() => quotas.readsPerMinute, context.now),
    accesses: minuteQuota(() => quotas.accessesPerMinute, context.now),
  };
  const state: State = {
    context,
    project,
    secrets,
    byLabel: new Map(),
    lastRank: 0,
    nextExpiry: Number.POSITIVE_INFINITY,
    quotas,
    count: (kind) => {
      if (rates[kind].take()) return;
      throw new EngineError(
        'RESOURCE_EXHAUSTED',
        `Quota exceeded for quota metric '${kind} requests' and limit '${kind} requests per minute' of service 'secretmanager.googleapis.com'.`,
      );
    },
  };
  for (const [id, json] of context.store.entries(secretsTable))
    keepSecret(state, id, json as unknown as SecretInfo);
  for (const [key, json] of context.store.entries(versionsTable)) {
    const { data, ...kept } = json as unknown as Omit<Version, 'data'> & { data?: string };
    const secret = secrets.get(key.slice(0, key.indexOf('/')));
    secret?.versions.push({
      ...kept,
      ...(data !== undefined && { data: Buffer.from(data, 'base64') }),
    });
  }
  return state;
}

/** Adds a secret to those that are there. */
export function keepSecret(state: State, id: string, info: SecretInfo): Secret {
  state.lastRank += 1;
  const secret: Secret = { id, info, rank: state.lastRank, versions: [] };
  state.secrets.set(id, secret);
  addLabels(state, secret);
  state.nextExpiry = Math.min(state.nextExpiry, info.expireAt ?? Number.POSITIVE_INFINITY);
  return secret;
}

/** Gives a secret other fields. */
export function changeSecret(state: State, secret: Secret, info: SecretInfo): void {
  dropLabels(state, secret);
  secret.info = info;
  addLabels(state, secret);
  saveSecret(state, secret);
}

function addLabels({ byLabel }: State, secret: Secret): void {
  for (const [key, value] of Object.entries(secret.info.labels)) {
    const label = `${key}=${value}`;
    byLabel.set(label, (byLabel.get(label) ?? new Set()).add(secret));
  }
}

function dropLabels({ byLabel }: State, secret: Secret): void {
  for (const [key, value] of Object.entries(secret.info.labels)) {
    const label = `${key}=${value}`;
    const labelled = byLabel.get(label);
    labelled?.delete(secret);
    if (labelled?.size === 0) byLabel.delete(label);
  }
}

export function saveSecret(state: State, { id, info }: Secret): void {
  state.nextExpiry = Math.min(state.nextExpiry, info.expireAt ?? Number.POSITIVE_INFINITY);
  state.context.store.put(secretsTable, id, { ...info });
}

export function saveVersion(state: State, { id }: Secret, version: Version): void {
  const { data, ...kept } = version;
  const json = { ...kept, ...(data && { data: data.toString('base64') }) };
  state.context.store.put(versionsTable, `${id}/${version.number}`, json as Json);
}

/** Removes a secret with its versions, from the store as well. */
export function removeSecret(state: State, secret: Secret): void {
  const { secrets, context } = state;
  secrets.delete(secret.id);
  dropLabels(state, secret);
  for (const { number } of secret.versions)
    context.store.delete(versionsTable, `${secret.id}/${number}`);
  context.store.delete(secretsTable, secret.id);
}

/** Removes the secrets whose time has come. */
export function expire(state: State): void {
  const now = state.context.now();
  if (now < state.nextExpiry) return;
  state.nextExpiry = Number.POSITIVE_INFINITY;
  for (const secret of [...state.secrets.values()]) {
    const at = secret.info.expireAt ?? Number.POSITIVE_INFINITY;
    if (at <= now) removeSecret(state, secret);
    else state.nextExpiry = Math.min(state.nextExpiry, at);
  }
}

/** @throws `NOT_FOUND` */
export function findSecret(state: State, id: string): Secret {
  expire(state);
  const secret = state.secrets.get(id);
  if (secret) return secret;
  throw new EngineError('NOT_FOUND', `Secret [projects/${state.project}/secrets/${id}] not found.`);
}

/** What changes with every change of a resource. */
export function newEtag({ context }: State): string {
  return `"${Math.floor(context.random() * 2 ** 52).toString(16)}"`;
}

/** @throws `FAILED_PRECONDITION` when `etag` is given and is not the current one */
export function checkEtag(current: string, etag: string | undefined, name: string): void {
  if (etag && etag !== current) {
    throw new EngineError(
      'FAILED_PRECONDITION',
      `The etag provided in the request [${etag}] does not match the current etag [${current}] of the resource [${name}].`,
    );
  }
}
