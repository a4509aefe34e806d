import { readCredential } from '../../shared/credentials/home.ts';
import { CloudError } from '../../shared/ports/index.ts';
import { Failure } from '../cli/errors.ts';
import type { GcloudSettings } from '../cli/gcloud-settings.ts';
import type { Session } from '../cli/session.ts';
import { functionUrl } from '../deployment/names.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import type { Place } from '../resources.ts';
import { restSecrets } from '../rest/secrets.ts';

/** The key that changes things, and the one that only looks, where somebody may read no other. */
const keys = ['default', 'viewer'] as const;
const keyType = 'gateway_api_key';

/**
 * What lets this account in at `base`, which must be the control API of `place`: whoever answers there is told it. gcloud makes identity tokens for an address for service accounts only, so that
 * people need the key (gcloud reference, `gcloud auth print-identity-token --audiences`).
 *
 * @throws Failure `CONTROL_KEY_MISSING`.
 */
export async function keyAt(
  { shell }: Pick<Session, 'shell'>,
  place: Place,
  { account }: GcloudSettings,
  base: string,
): Promise<string> {
  const google = shell.google(place.project);
  // An identity says who it is in the audit; a key only says that somebody has it. An address that is not the function's own is
  // no audience that it takes, and must not be given tokens for it.
  const isFunction = base === functionUrl(place, 'control');
  if (isFunction && account?.endsWith('.gserviceaccount.com')) {
    const token = await identityToken(google, base);
    if (token !== undefined) return token;
  }
  let denied: unknown;
  for (const instance of keys) {
    try {
      const fields = await readCredential(
        { secrets: restSecrets(google, place.project) },
        { type: keyType, instance },
      );
      const key = Buffer.from(fields?.key ?? [])
        .toString()
        .trim();
      if (key !== '') return key;
    } catch (error) {
      const cause = error instanceof CloudError ? error.cause : error;
      if (!isRefusal(cause, 'permission_denied')) throw cause;
      denied = cause;
    }
  }
  throw new Failure(
    'CONTROL_KEY_MISSING',
    denied === undefined
      ? `There is no key of the control API in Secret Manager of ${place.project}.`
      : `The account ${account ?? 'that is signed in'} may not read the key of the control API in ${place.project}.`,
    denied === undefined
      ? { todo: 'Run `drover creds push`, or name a file with the key by --key-file.' }
      : { cause: denied },
  );
}

async function identityToken(google: Google, audience: string): Promise<string | undefined> {
  try {
    const printed = await google.gcloud([
      'auth',
      'print-identity-token',
      `--audiences=${audience}`,
    ]);
    const token = typeof printed === 'string' ? printed : (printed as { token?: unknown })?.token;
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
}
