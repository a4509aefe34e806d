import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { Retryable } from '../../shared/errors.ts';
import type { Caller } from '../environment.ts';

/** What Google puts into the tokens of Cloud Tasks, Cloud Scheduler and Pub/Sub. */
const issuers = ['https://accounts.google.com', 'accounts.google.com'];

/** What jose throws about a token; anything else is about the keys. */
const refusals = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
];

/** Reads identity tokens: answers what a token of Google's says, and undefined for anything else. */
export type TokenReader = (token: string) => Promise<JWTPayload | undefined>;

/**
 * A reader of tokens that Google signed and that have not expired. For whom they are, and whom they name, is the caller's to
 * check. It throws {@link Retryable} when the keys cannot be read.
 */
export function tokenReader(jwksUrl: string): TokenReader {
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  return async (token) => {
    try {
      const verified = await jwtVerify(token, keys, { issuer: issuers, requiredClaims: ['exp'] });
      return verified.payload;
    } catch (error) {
      if (refusals.some((refusal) => error instanceof refusal)) return undefined;
      throw new Retryable('the keys of OIDC tokens could not be read', 5, { cause: error });
    }
  };
}

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
export function requireCaller(caller: Caller, jwksUrl: string): MiddlewareHandler {
  const read = tokenReader(jwksUrl);
  return async (context, next) => {
    const token = bearerOf(context.req.header('authorization'));
    if (token === undefined) throw new HTTPException(401, { message: 'OIDC token missing' });
    const claims = await read(token);
    if (!claims) throw new HTTPException(401, { message: 'OIDC token refused' });
    if (verifiedEmail(claims, caller.audience) !== caller.email) {
      throw new HTTPException(403, { message: 'OIDC token is not for this function' });
    }
    await next();
  };
}
