import { lastOf } from '../../last-of.ts';
import { EngineError } from '../engines/engine.ts';
import type { RunSettings } from '../engines/run/index.ts';
import type { Iam } from './iam.ts';

/**
 * Reads secrets for containers as Cloud Run does: in the name of the account that the container runs as, and with its
 * permissions only.
 */
export function asAgent(
  iam: Pick<Iam, 'allows'>,
  readSecret: (secret: string, version: string) => Buffer,
): RunSettings['readSecret'] {
  return (secret, version, account) => {
    const on = { kind: 'secret', id: lastOf(secret), version } as const;
    const need = { permission: 'secretmanager.versions.access', on };
    const call = 'Cloud Run, for a container';
    if (iam.allows(`serviceAccount:${account}`, need, call)) return readSecret(secret, version);
    throw new EngineError(
      'PERMISSION_DENIED',
      `for Revision service account ${account}. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level.`,
    );
  };
}
