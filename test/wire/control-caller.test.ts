import { type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectOf, startDrover, type TestDrover } from '../drover.ts';
import { type Answer, type Headers, send } from './http.ts';

const operator = 'ada@example.com';
const viewer = 'grace@example.com';

let drover: TestDrover;
let foreignKey: CryptoKey;
beforeAll(async () => {
  process.env.DROVER_CONTROL_OPERATORS = `  ${operator.toUpperCase()} , root@example.com`;
  process.env.DROVER_CONTROL_VIEWERS = viewer;
  drover = await startDrover({
    project: projectOf({ triage: {} }),
    credentials: {
      'gateway_api_key:default': { key: 'the-operators-key' },
      'gateway_api_key:viewer': { key: 'the-viewers-key' },
    },
  });
  foreignKey = (await generateKeyPair('RS256')).privateKey;
});
afterAll(() => drover.close());

const audience = () => `${drover.base}/control`;
const mint = (email: string, other: { audience?: string; lifetimeSeconds?: number } = {}) =>
  drover.cloud.issuer.mint({ email, audience: audience(), ...other });

function ask(
  method: string,
  path: string,
  authorization: Headers[string],
  body?: string,
): Promise<Answer> {
  return send(drover.base, {
    method,
    path: `/control${path}`,
    headers: { authorization },
    ...(body === undefined ? {} : { body }),
  });
}

describe('a caller of the control API', () => {
  it.each([
    ['the key', async () => 'the-operators-key'],
    ['an identity that is listed, in any case', () => mint(operator)],
  ])('may look and change with %s', async (_what, token) => {
    const authorization = `Bearer ${await token()}`;
    expect((await ask('GET', '/v1/project', authorization)).status).toBe(200);
    expect((await ask('POST', '/v1/agents/triage/resume', authorization)).status).toBe(200);
  });

  it.each(['bearer the-operators-key', 'BEARER the-operators-key', 'Bearer   the-operators-key'])(
    'may write the scheme as HTTP lets it be written: %s',
    async (authorization) => {
      expect((await ask('GET', '/v1/project', authorization)).status).toBe(200);
    },
  );

  it.each([
    ['the key for looking', async () => 'the-viewers-key', 'key:viewer'],
    ['an identity that is listed for it', () => mint(viewer), viewer],
  ])('may only look with %s', async (_what, token, who) => {
    const authorization = `Bearer ${await token()}`;
    expect((await ask('GET', '/v1/project', authorization)).status).toBe(200);
    expect((await ask('HEAD', '/v1/project', authorization)).status).toBe(200);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await ask(method, '/v1/agents/triage/pause', authorization);
      expect(answer).toMatchObject({ status: 403, json: { error: 'Forbidden' } });
      expect(answer.json.hint).toContain(who);
    }
  });

  it('is named in the audit', async () => {
    const why = '{"why": "for the audit"}';
    await ask('POST', '/v1/agents/triage/pause', `Bearer ${await mint(operator)}`, why);
    await ask('POST', '/v1/agents/triage/resume', 'Bearer the-operators-key', why);
    const { json } = await ask('GET', '/v1/audit?limit=2', 'Bearer the-viewers-key');
    expect(json.entries).toMatchObject([
      { who: 'key:default', action: 'agent.resume', why: 'for the audit' },
      { who: operator, action: 'agent.pause', why: 'for the audit' },
    ]);
  });

  it('says why in any language, in the header as well', async () => {
    // As curl sends it: the bytes of UTF-8.
    const why = Buffer.from('Grüße, 羊 — ok').toString('latin1');
    const headers = { authorization: 'Bearer the-operators-key', 'x-drover-why': why };
    const path = '/control/v1/agents/triage/pause';
    await send(drover.base, { method: 'POST', path, headers });
    // As a browser sends it: what is no UTF-8 is Latin-1.
    const again = { ...headers, 'x-drover-why': 'Grüße' };
    await send(drover.base, {
      method: 'POST',
      path: path.replace('pause', 'resume'),
      headers: again,
    });
    const { json } = await ask('GET', '/v1/audit?limit=2', 'Bearer the-viewers-key');
    expect(json.entries).toMatchObject([{ why: 'Grüße' }, { why: 'Grüße, 羊 — ok' }]);
  });

  it.each<[status: 401 | 403, what: string, make: () => Promise<string | string[] | null>]>([
    [401, 'nothing', async () => null],
    [401, 'an empty header', async () => ''],
    [401, 'a scheme alone', async () => 'Bearer '],
    [401, 'another scheme', async () => 'Basic the-operators-key'],
    [401, 'the key without a scheme', async () => 'the-operators-key'],
    [401, 'two headers', async () => ['Bearer the-operators-key', 'Bearer the-operators-key']],
    [401, 'a key after another header', async () => ['Bearer guess', 'Bearer the-operators-key']],
    [401, 'two keys', async () => 'Bearer the-operators-key the-operators-key'],
    [401, 'half a key', async () => 'Bearer the-operators-ke'],
    [401, 'a key and more', async () => 'Bearer the-operators-key1'],
    [401, 'the key in capitals', async () => 'Bearer THE-OPERATORS-KEY'],
    [401, 'a very long key', async () => `Bearer ${'a'.repeat(8_000)}`],
    [401, 'a token that is none', async () => 'Bearer eyJhbGciOiJub25lIn0.e30.x'],
    [
      401,
      'an expired token',
      async () => `Bearer ${await mint(operator, { lifetimeSeconds: -9 })}`,
    ],
    [401, 'a token that somebody else signed', async () => `Bearer ${await forged()}`],
    [401, 'a token that nobody signed', async () => `Bearer ${unsigned()}`],
    [403, 'a token of a stranger', async () => `Bearer ${await mint('eve@example.com')}`],
    [
      403,
      'a token for another function',
      async () => `Bearer ${await mint(operator, { audience: `${drover.base}/gateway` })}`,
    ],
    [403, 'a token without a name', async () => `Bearer ${await mint('')}`],
  ])('is answered %i with %s, whatever is asked for', async (status, _what, make) => {
    const authorization = await make();
    for (const path of ['/v1/runs', '/control/status', '/openapi.json', '/nothing']) {
      const answer = await ask('GET', path, authorization);
      expect(answer).toMatchObject({ status, json: { hint: expect.any(String) } });
      if (status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
    const answer = await ask('POST', '/control/pause', authorization, '{');
    expect(answer.status).toBe(status);
  });

  it('may be anybody who asks for its health', async () => {
    const answer = await ask('GET', '/health', null);
    expect(answer).toMatchObject({ status: 200, json: { status: 'ok' } });
  });
});

function unsigned(): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: drover.cloud.issuer.issuer, aud: audience(), exp: now + 60 };
  const said = { ...claims, email: operator, email_verified: true };
  return `${part({ alg: 'none' })}.${part(said)}.${part('x')}`;
}

function forged(): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ email: operator, email_verified: true })
    .setProtectedHeader({ alg: 'RS256', kid: 'x' })
    .setIssuer(drover.cloud.issuer.issuer)
    .setAudience(audience())
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(foreignKey);
}
