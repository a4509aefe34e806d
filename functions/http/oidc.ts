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

/**
 * Lets only `caller` in: a token that Google signed, made for this function, naming the expected service account. The
 * platform checks this as well; a function that was deployed open by mistake stays closed (D17).
 */
export function requireCaller(caller: Caller, jwksUrl: string): MiddlewareHandler {
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  return async (context, next) => {
    const token = /^Bearer (\S+)$/.exec(context.req.header('authorization') ?? '')?.[1];
    if (token === undefined) throw new HTTPException(401, { message: 'OIDC token missing' });
    let claims: JWTPayload;
    try {
      const verified = await jwtVerify(token, keys, { issuer: issuers, requiredClaims: ['exp'] });
      claims = verified.payload;
    } catch (error) {
      if (refusals.some((refusal) => error instanceof refusal)) {
        throw new HTTPException(401, { message: 'OIDC token refused' });
      }
      throw new Retryable('the keys of OIDC tokens could not be read', 5, { cause: error });
    }
    const audiences = [claims.aud ?? []].flat();
    const isCaller = claims.email === caller.email && claims.email_verified === true;
    if (!isCaller || !audiences.includes(caller.audience)) {
      throw new HTTPException(403, { message: 'OIDC token is not for this function' });
    }
    await next();
  };
}
