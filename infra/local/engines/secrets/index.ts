import type { EngineContext, Timed } from '../engine.ts';
import { type SecretVerbs, secretVerbs } from './secret-verbs.ts';
import { expire, loadState } from './state.ts';
import type { SecretQuotas } from './types.ts';
import { type VersionVerbs, versionVerbs } from './version-verbs.ts';

export { googleSecretQuotas } from './state.ts';
export type * from './types.ts';

/**
 * Secret Manager, without the wire. A secret whose time has come is gone for every verb; being {@link Timed} with nothing
 * to take, it can be driven so that such a secret leaves the store as well when nobody calls.
 */
export interface SecretsEngine extends SecretVerbs, VersionVerbs, Timed<never> {
  /** The project whose secrets these are. */
  readonly project: string;
  /**
   * A value for who mounts it: `secret` is an id or a full name, `version` a number, `latest` or an alias.
   *
   * @throws `NOT_FOUND`, `FAILED_PRECONDITION`
   */
  readSecret(secret: string, version: string): Buffer;
  /** Changes what is refused with RESOURCE_EXHAUSTED. Default: nothing is. */
  limit(quotas: Partial<SecretQuotas>): void;
}

export function createSecretsEngine(
  context: EngineContext,
  { project }: { project: string },
): SecretsEngine {
  const state = loadState(context, project);
  const versions = versionVerbs(state);
  expire(state);
  return {
    ...secretVerbs(state),
    ...versions,
    project,
    readSecret: (secret, version) => {
      const name = secret.includes('/') ? secret : `projects/${project}/secrets/${secret}`;
      return versions.accessSecretVersion(`${name}/versions/${version}`).data;
    },
    limit: (quotas) => void Object.assign(state.quotas, quotas),
    nextDue: () => (Number.isFinite(state.nextExpiry) ? state.nextExpiry : undefined),
    take: () => {
      expire(state);
      return [];
    },
  };
}
