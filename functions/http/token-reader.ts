import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Retryable } from '../../shared/errors.ts';
import type { TokenReader } from './oidc.ts';

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
 * A reader of tokens that Google signed and that have not expired. For whom they are, and whom they name, is the caller's to
 * check.
 *
 * @param jwksUrl Where the keys are.
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
