import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { requireCaller } from './oidc.ts';
import { tokenReader } from './token-reader.ts';

const caller = { email: 'tasks@drover.test', audience: 'https://dispatch.test' };
const right: JWTPayload = {
  iss: 'https://accounts.google.com',
  aud: caller.audience,
  email: caller.email,
  email_verified: true,
};

let keys: Server;
let keysUrl: string;
let sign: (claims: JWTPayload, expires?: string) => Promise<string>;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  keys = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  keysUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`;
  sign = (claims, expires = '1h') => {
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' });
    return (expires === '' ? token : token.setExpirationTime(expires)).sign(pair.privateKey);
  };
});

afterAll(() => {
  keys.close();
});

async function call(authorization: string | undefined, url = keysUrl): Promise<number> {
  const app = createApp({ info: () => {}, warn: () => {}, error: () => {} });
  app.use(requireCaller(caller, tokenReader(url)));
  app.post('/', (context) => context.json({ ok: true }));
  const headers = authorization === undefined ? {} : { authorization };
  return (await app.request('/', { method: 'POST', headers })).status;
}

describe('the caller of an internal function', () => {
  it('is let in with the token that Google made for this function and that service account', async () => {
    expect(await call(`Bearer ${await sign(right)}`)).toBe(200);
    expect(await call(`Bearer ${await sign({ ...right, iss: 'accounts.google.com' })}`)).toBe(200);
  });

  it('is refused without a token, or with something else', async () => {
    expect(await call(undefined)).toBe(401);
    expect(await call('Bearer x.y.z')).toBe(401);
    expect(await call(`Basic ${await sign(right)}`)).toBe(401);
  });

  it.each<[string, JWTPayload]>([
    ['issuer', { iss: 'https://accounts.example' }],
    ['issuer that is none', { iss: '' }],
  ])('is refused with another %s', async (_, wrong) => {
    expect(await call(`Bearer ${await sign({ ...right, ...wrong })}`)).toBe(401);
  });

  it('is refused with a token that has expired, or that never would', async () => {
    expect(await call(`Bearer ${await sign(right, '-1m')}`)).toBe(401);
    expect(await call(`Bearer ${await sign(right, '')}`)).toBe(401);
  });

  it.each<[string, JWTPayload]>([
    ['audience', { aud: 'https://poll.test' }],
    ['service account', { email: 'other@drover.test' }],
    ['address that nobody verified', { email_verified: false }],
  ])('is refused with another %s', async (_, wrong) => {
    expect(await call(`Bearer ${await sign({ ...right, ...wrong })}`)).toBe(403);
  });

  it('is asked to try again when the keys cannot be read', async () => {
    expect(await call(`Bearer ${await sign(right)}`, 'http://127.0.0.1:9/')).toBe(503);
  });
});
