import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { memoryStore } from './engines/engine.ts';
import { createIssuer } from './issuer.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const identity = { email: 'tasks@demo.iam.gserviceaccount.com', audience: 'https://target/' };
const keysOf = (issuer: { jwks(): object }) => createLocalJWKSet(issuer.jwks() as JSONWebKeySet);

describe('issuer', () => {
  it('mints tokens in the shape of Google, good for an hour', async () => {
    const issuer = await createIssuer({ store: memoryStore(), now: () => start });
    const token = await issuer.mint(identity);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    const { payload } = await jwtVerify(token, keysOf(issuer), { currentDate: new Date(start) });
    expect(payload).toEqual({
      iss: 'https://accounts.google.com',
      aud: identity.audience,
      azp: payload.sub,
      sub: expect.stringMatching(/^\d{21}$/),
      email: identity.email,
      email_verified: true,
      iat: start / 1000,
      exp: start / 1000 + 3_600,
    });
    await expect(
      jwtVerify(token, keysOf(issuer), { currentDate: new Date(start + 3_601_000) }),
    ).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
  });

  it('publishes no private part of its key', async () => {
    const issuer = await createIssuer({ store: memoryStore(), now: () => start });
    const { keys } = issuer.jwks() as JSONWebKeySet;
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('keeps its key over a restart', async () => {
    const store = memoryStore();
    const before = await createIssuer({ store, now: () => start });
    const token = await before.mint(identity);
    const after = await createIssuer({ store, now: () => start });
    await jwtVerify(token, keysOf(after), { currentDate: new Date(start) });
    expect(after.jwks()).toEqual(before.jwks());
  });

  it('is not believed with the key of another cloud', async () => {
    const ours = await createIssuer({ store: memoryStore(), now: () => start });
    const theirs = await createIssuer({ store: memoryStore(), now: () => start });
    await expect(
      jwtVerify(await theirs.mint(identity), keysOf(ours), { currentDate: new Date(start) }),
    ).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });
});
