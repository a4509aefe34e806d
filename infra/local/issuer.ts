import { createHash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose';
import type { Json, Store } from './engines/engine.ts';

/** Signs the identity tokens that Cloud Tasks, Cloud Scheduler and Pub/Sub put on their calls. */
export interface Issuer {
  /** The `iss` of every token: Google's own, so that the check of the functions is the one of production. */
  readonly issuer: string;
  /** An identity token of a service account, valid for an hour unless said otherwise. */
  mint(identity: { email: string; audience: string; lifetimeSeconds?: number }): Promise<string>;
  /** The public keys, as a JSON Web Key Set. */
  jwks(): object;
}

const issuer = 'https://accounts.google.com';
const table = 'issuer';
const hourSeconds = 3_600;

/** The key is kept in the store: a token stays good when the local cloud is started again. */
export async function createIssuer(options: { store: Store; now(): number }): Promise<Issuer> {
  const { store, now } = options;
  const jwk = await signingJwk(store);
  const key = await importJWK(jwk, 'RS256');
  const kid = await calculateJwkThumbprint(jwk);
  const { kty, n, e } = jwk;
  const published = { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' }] };
  return {
    issuer,
    mint: ({ email, audience, lifetimeSeconds = hourSeconds }) => {
      const issuedAt = Math.floor(now() / 1000);
      const subject = subjectOf(email);
      return new SignJWT({ azp: subject, email, email_verified: true })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(key);
    },
    jwks: () => published,
  };
}

async function signingJwk(store: Store): Promise<JWK> {
  const kept = store.entries(table).find(([name]) => name === 'key');
  if (kept) return kept[1] as JWK;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const made = await exportJWK(privateKey);
  store.put(table, 'key', made as Json);
  return made;
}

/** Google's subjects are numbers of 21 digits; the same account has the same one. */
function subjectOf(email: string): string {
  const digest = createHash('sha256').update(email).digest('hex').slice(0, 24);
  return BigInt(`0x${digest}`).toString().padStart(21, '1').slice(0, 21);
}
