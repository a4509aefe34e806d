import type { MiddlewareHandler } from 'hono';
import type { JWTPayload } from 'jose';
import type { Caller } from '../environment.ts';
import { refusal } from './refusal.ts';

/**
 * Reads identity tokens: answers what a token of Google's says, and undefined for anything else. Throws `Retryable` when the
 * keys that tokens are signed with cannot be read.
 */
export type TokenReader = (token: string) => Promise<JWTPayload | undefined>;

/** The e-mail address that a token vouches for, if it was made for `audience`. */
export function verifiedEmail(claims: JWTPayload, audience: string): string | undefined {
  const isForUs = [claims.aud ?? []].flat().includes(audience);
  const { email, email_verified: isVerified } = claims;
  return isForUs && isVerified === true && typeof email === 'string' ? email : undefined;
}

/** What stands after `Bearer`, in any case as HTTP has it, in the request's authorization; or undefined. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/**
 * Lets only `caller` in: a token that Google signed, made for this function, naming the expected service account. The
 * platform checks this as well; a function that was deployed open by mistake stays closed (D17).
 */
export function requireCaller(caller: Caller, readToken: TokenReader): MiddlewareHandler {
  return async (context, next) => {
    const token = bearerOf(context.req.header('authorization'));
    if (token === undefined) throw refusal('unauthenticated', 'OIDC token missing');
    const claims = await readToken(token);
    if (!claims) throw refusal('unauthenticated', 'OIDC token refused');
    if (verifiedEmail(claims, caller.audience) !== caller.email) {
      throw refusal('not-allowed', 'OIDC token is not for this function');
    }
    await next();
  };
}
