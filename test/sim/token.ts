import type { JWTPayload } from 'jose';
import type { TokenReader } from '../../functions/http/oidc.ts';
import { serviceAccount } from '../../infra/resources.ts';
import { place } from './place.ts';

/** What the tokens say that were made so far: a life has few, and reads them often. */
const known = new Map<string, JWTPayload>();

/**
 * An identity token of the world: it says whose it is and for whom, and everybody believes it. Signatures are verified on other
 * threads, whose pace no seed decides; that they are, the tests of the token reader hold.
 */
export function standInToken(email: string, audience: string): string {
  const claims = Buffer.from(`${email} ${audience}`).toString('base64url');
  const token = `eyJ.${claims}.stand-in`;
  if (!known.has(token)) known.set(token, { email, email_verified: true, aud: audience });
  return token;
}

export const readStandIn: TokenReader = async (token) => known.get(token);

/** The header with which one of our service accounts calls a function. */
export function asServiceAccount(
  role: 'tasks' | 'scheduler' | 'pubsub',
  audience: string,
): { authorization: string } {
  return {
    authorization: `Bearer ${standInToken(serviceAccount(role, place.project), audience)}`,
  };
}
