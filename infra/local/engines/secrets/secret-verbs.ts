import { EngineError, type Json } from '../engine.ts';
import { checkFields } from './fields.ts';
import { secretFilter } from './filter.ts';
import { listed } from './list.ts';
import { checkParent, checkSecretId, secretOf } from './names.ts';
import {
  changeSecret,
  checkEtag,
  expire,
  findSecret,
  keepSecret,
  newEtag,
  removeSecret,
  type Secret,
  type State,
  saveSecret,
} from './state.ts';
import type {
  Listed,
  ListRequest,
  NewSecret,
  SecretChanges,
  SecretFields,
  SecretInfo,
} from './types.ts';

/** What can be done to secrets. Every verb throws `NOT_FOUND` for one that is not there, or has expired. */
export interface SecretVerbs {
  /** @throws `INVALID_ARGUMENT`, `ALREADY_EXISTS` */
  createSecret(parent: string, id: string, secret: NewSecret): SecretInfo;
  getSecret(name: string): SecretInfo;
  /** Replaces the fields in `fields` by those of `secret`. @throws `INVALID_ARGUMENT`, `FAILED_PRECONDITION` */
  updateSecret(
    name: string,
    secret: SecretChanges,
    fields: readonly (keyof SecretFields)[],
    etag?: string,
  ): SecretInfo;
  /** @throws `INVALID_ARGUMENT` */
  listSecrets(parent: string, request: ListRequest): Listed<SecretInfo>;
  /** Deletes a secret with all its versions. @throws `FAILED_PRECONDITION` */
  deleteSecret(name: string, etag?: string): void;
}

export function secretVerbs(state: State): SecretVerbs {
  const { context, project } = state;
  return {
    createSecret: (parent, id, asked) => {
      checkParent(parent, project);
      state.count('writes');
      checkSecretId(id);
      const replication = checkReplication(asked.replication);
      const name = `${parent}/secrets/${id}`;
      const fields = {
        labels: {},
        annotations: {},
        aliases: {},
        ...fieldsOf(asked, context.now()),
      };
      checkFields(fields, context.now(), () => false);
      expire(state);
      if (state.secrets.has(id))
        throw new EngineError('ALREADY_EXISTS', `Secret [${name}] already exists.`);
      const info = { ...fields, name, createdAt: context.now(), etag: newEtag(state), replication };
      const secret = keepSecret(state, id, info);
      saveSecret(state, secret);
      return described(secret);
    },
    getSecret: (name) => {
      state.count('reads');
      return described(findSecret(state, secretOf(name, project)));
    },
    updateSecret: (name, changes, fields, etag) => {
      state.count('writes');
      const secret = findSecret(state, secretOf(name, project));
      checkEtag(secret.info.etag, etag, name);
      if (fields.length === 0)
        throw new EngineError('INVALID_ARGUMENT', 'Update mask must not be empty.');
      const changed = fieldsOf(changes, context.now());
      const next = { ...secret.info, etag: newEtag(state) };
      if (fields.includes('labels')) next.labels = changed.labels ?? {};
      if (fields.includes('annotations')) next.annotations = changed.annotations ?? {};
      if (fields.includes('aliases')) next.aliases = changed.aliases ?? {};
      if (fields.includes('expireAt')) {
        delete next.expireAt;
        if (changed.expireAt !== undefined) next.expireAt = changed.expireAt;
      }
      if (fields.includes('destroyTtlMs')) {
        delete next.destroyTtlMs;
        if (changed.destroyTtlMs !== undefined) next.destroyTtlMs = changed.destroyTtlMs;
      }
      checkFields(next, context.now(), (number) => secret.versions[number - 1] !== undefined);
      changeSecret(state, secret, next);
      return described(secret);
    },
    listSecrets: (parent, request) => {
      checkParent(parent, project);
      state.count('reads');
      expire(state);
      const { passes, label } = secretFilter(request.filter ?? '');
      const asked = label === undefined ? state.secrets.values() : (state.byLabel.get(label) ?? []);
      const newestFirst = [...asked]
        .map((secret) => ({ rank: secret.rank, item: secret.info }))
        .sort((a, b) => b.rank - a.rank);
      const page = listed(newestFirst, passes, request);
      return { ...page, items: page.items.map((info) => structuredClone(info)) };
    },
    deleteSecret: (name, etag) => {
      state.count('writes');
      const secret = findSecret(state, secretOf(name, project));
      checkEtag(secret.info.etag, etag, name);
      removeSecret(state, secret);
    },
  };
}

function described({ info }: Secret): SecretInfo {
  return structuredClone(info);
}

function fieldsOf(changes: SecretChanges, now: number): Partial<SecretFields> {
  const { labels, annotations, aliases, ttlMs, destroyTtlMs } = changes;
  const expireAt = ttlMs === undefined ? changes.expireAt : now + ttlMs;
  return {
    ...(labels && { labels: { ...labels } }),
    ...(annotations && { annotations: { ...annotations } }),
    ...(aliases && { aliases: { ...aliases } }),
    ...(expireAt !== undefined && { expireAt }),
    ...(destroyTtlMs !== undefined && { destroyTtlMs }),
  };
}

function checkReplication(replication: Json | undefined): Json {
  if (replication !== undefined) return replication;
  throw new EngineError('INVALID_ARGUMENT', 'Secret.replication must be provided.');
}
