import { createHmac } from 'node:crypto';
import { type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentAccountId, emailOf } from '../../infra/deployment/names.ts';
import { serviceAccount } from '../../infra/resources.ts';
import { projectOf, startDrover, type TestDrover } from '../drover.ts';
import { type Answer, send } from './http.ts';

const account = (role: 'tasks' | 'scheduler' | 'pubsub') => serviceAccount(role, 'drover-test');
const agentAccount = emailOf({ project: 'drover-test' }, agentAccountId('triage'));

/** The functions that only Google may call: as whom, and with what. */
const internal = [
  { name: 'dispatch', email: account('tasks'), body: { agent: 'triage' }, well: 200 },
  { name: 'poll', email: account('tasks'), body: { run: 'triage-abcdefgh' }, well: 200 },
  { name: 'tick', email: account('scheduler'), body: {}, well: 200 },
  { name: 'logs', email: account('pubsub'), body: { message: { data: 'e30=' } }, well: 204 },
] as const;
type Internal = (typeof internal)[number];

let drover: TestDrover;
let foreignKey: CryptoKey;
let keyId: string;
beforeAll(async () => {
  drover = await startDrover({ project: projectOf({ triage: {} }) });
  foreignKey = (await generateKeyPair('RS256')).privateKey;
  const { keys } = drover.cloud.issuer.jwks() as { keys: { kid: string }[] };
  keyId = keys[0]?.kid ?? '';
});
afterAll(() => drover.close());

function call({ name, body }: Internal, authorization: string | string[] | null): Promise<Answer> {
  return send(drover.base, {
    path: `/${name}`,
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  });
}

const audienceOf = (name: string) => `${drover.base}/${name}`;

/** A token that is right but for what is said otherwise. */
const mint = (
  { name, email }: Internal,
  other: { email?: string; audience?: string; lifetimeSeconds?: number } = {},
) => drover.cloud.issuer.mint({ email, audience: audienceOf(name), ...other });

/** What a right token claims. */
function claimsOf({ name, email }: Internal) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: drover.cloud.issuer.issuer,
    aud: audienceOf(name),
    email,
    email_verified: true,
    iat: now,
    exp: now + 3_600,
  };
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token that nobody signed, or that the public key "signed" as if it were a password. */
function homemade(of: Internal, alg: 'none' | 'HS256'): string {
  const content = `${encoded({ alg, kid: keyId, typ: 'JWT' })}.${encoded(claimsOf(of))}`;
  if (alg === 'none') return `${content}.`;
  const key = JSON.stringify(drover.cloud.issuer.jwks());
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

const foreign = (of: Internal, kid: string) =>
  new SignJWT(claimsOf(of)).setProtectedHeader({ alg: 'RS256', kid }).sign(foreignKey);

/** A right token for somebody else, with the claims of `of` in the place of theirs. */
async function patched(of: Internal): Promise<string> {
  const [header, , signature] = (await mint(of, { email: agentAccount })).split('.');
  return `${header}.${encoded(claimsOf(of))}.${signature}`;
}

const sibling = ({ name }: Internal) => (name === 'dispatch' ? 'poll' : 'dispatch');

const refused: [status: 401 | 403, what: string, (of: Internal) => Promise<string | null>][] = [
  [401, 'no token', async () => null],
  [401, 'an empty header', async () => ''],
  [401, 'another scheme', async (of) => `Basic ${await mint(of)}`],
  [401, 'a scheme and no token', async () => 'Bearer '],
  [401, 'two tokens', async (of) => `Bearer ${await mint(of)} ${await mint(of)}`],
  [401, 'a token that is none', async () => 'Bearer a.b.c'],
  [401, 'a token of one part', async () => `Bearer ${'a'.repeat(8_000)}`],
  [401, 'a token that nobody signed', async (of) => `Bearer ${homemade(of, 'none')}`],
  [401, 'a token signed with the public key', async (of) => `Bearer ${homemade(of, 'HS256')}`],
  [
    401,
    "a token of another key by our key's name",
    async (of) => `Bearer ${await foreign(of, keyId)}`,
  ],
  [401, 'a token of a key that nobody published', async (of) => `Bearer ${await foreign(of, 'x')}`],
  [401, 'a token whose claims were exchanged', async (of) => `Bearer ${await patched(of)}`],
  [401, 'an expired token', async (of) => `Bearer ${await mint(of, { lifetimeSeconds: -60 })}`],
  [403, 'a token of an agent', async (of) => `Bearer ${await mint(of, { email: agentAccount })}`],
  [
    403,
    'a token for the function beside it',
    async (of) => `Bearer ${await mint(of, { audience: audienceOf(sibling(of)) })}`,
  ],
  [
    403,
    'a token for this function at another address',
    async (of) => `Bearer ${await mint(of, { audience: `https://elsewhere.example/${of.name}` })}`,
  ],
];

describe.each(internal)('$name', (of) => {
  it('lets its caller in', async () => {
    const answer = await call(of, `Bearer ${await mint(of)}`);
    expect(answer.status).toBe(of.well);
  });

  it.each(refused)('answers %i to %s, and calls nobody', async (status, _what, make) => {
    const authorization = await make(of);
    drover.cloud.calls.reset();
    const answer = await call(of, authorization);
    expect(answer.status).toBe(status);
    expect(answer.json.error).toMatch(/^OIDC token /);
    expect(drover.cloud.calls.counts()).toEqual({});
  });

  it('refuses a stranger before it reads what they sent', async () => {
    drover.cloud.calls.reset();
    const answer = await send(drover.base, { path: `/${of.name}`, body: '{' });
    expect(answer.status).toBe(401);
    expect(drover.cloud.calls.counts()).toEqual({});
  });

  it('does not say to a stranger which paths it has', async () => {
    const answer = await send(drover.base, { path: `/${of.name}/nothing` });
    expect(answer.status).toBe(401);
  });
});
