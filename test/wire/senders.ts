import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { issueOpened } from './github.ts';

type SentHeaders = { readonly [name: string]: string };

/** What a provider and we both know, or know each our half of. */
export interface SharedSecret {
  /** What is stored with us, in the provider's field. */
  stored: string;
  /** The headers of a signature of `body`, made at `now` (ms since the epoch). */
  sign(body: Uint8Array | string, now: number): SentHeaders;
}

/** One provider as it behaves on the wire, by its documentation. */
export interface Sender {
  type: string;
  /** Makes a secret; those of two names differ. */
  secret(name: string): SharedSecret;
  /** Headers beside content type and signature. */
  headers?: SentHeaders;
  payload: { readonly [field: string]: unknown };
  /** What the context of `payload` has at least. */
  context: { readonly [field: string]: unknown };
  deliveryId: string | null;
  /** How old a signature may be, in ms. */
  youngerThan?: number;
}

const hmac = (secret: string, algorithm = 'sha256') => createHmac(algorithm, secret);

/** A secret whose HMAC of the body goes into one header. */
function inHeader(
  header: string,
  { prefix = '', encoding = 'hex' as 'hex' | 'base64' } = {},
): Sender['secret'] {
  return (name) => ({
    stored: `the secret ${name}`,
    sign: (body) => ({
      [header]: `${prefix}${hmac(`the secret ${name}`).update(body).digest(encoding)}`,
    }),
  });
}

export const senders: readonly Sender[] = [
  {
    type: 'github',
    secret: inHeader('x-hub-signature-256', { prefix: 'sha256=' }),
    headers: { 'x-github-event': 'issues', 'x-github-delivery': '72d3162e-cc78-11e3' },
    payload: issueOpened,
    context: { event: 'issues', action: 'opened', repo: 'acme/house', sender: 'mara' },
    deliveryId: '72d3162e-cc78-11e3',
  },
  {
    type: 'sentry',
    secret: inHeader('sentry-hook-signature'),
    headers: {
      'sentry-hook-resource': 'issue',
      'request-id': 'f1a2b3',
      'sentry-hook-timestamp': '1',
    },
    payload: {
      action: 'created',
      data: { issue: { title: 'TypeError', web_url: 'https://s.io/1', project: { slug: 'web' } } },
      actor: { type: 'application', id: 'sentry', name: 'Sentry' },
    },
    context: { event: 'issue', action: 'created', repo: 'web', sender: 'Sentry' },
    deliveryId: 'f1a2b3',
  },
  {
    type: 'linear',
    secret: inHeader('linear-signature'),
    headers: { 'linear-event': 'Issue', 'linear-delivery': '234d1a4e' },
    payload: {
      action: 'create',
      type: 'Issue',
      organizationId: 'org-1',
      data: { number: 5, title: 'The gate sticks', labels: [{ name: 'bug' }] },
      actor: { type: 'user', name: 'Mara', email: 'mara@acme.test' },
    },
    context: { event: 'issues', action: 'create', repo: 'org-1', sender: 'mara@acme.test' },
    deliveryId: '234d1a4e',
  },
  {
    type: 'mintlify',
    secret: inHeader('x-mintlify-signature'),
    payload: { event: 'build', status: 'failed', project: 'docs', user: { email: 'm@acme.test' } },
    context: { event: 'build', action: 'failed', repo: 'docs', conclusion: 'failure' },
    deliveryId: null,
  },
  {
    type: 'slack',
    secret: (name) => ({
      stored: `the secret ${name}`,
      sign: (body, now) => {
        const time = String(Math.floor(now / 1_000));
        const digest = hmac(`the secret ${name}`).update(`v0:${time}:`).update(body).digest('hex');
        return { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${digest}` };
      },
    }),
    payload: {
      type: 'event_callback',
      team_id: 'T1',
      event_id: 'Ev08MFMKH6',
      event: { type: 'app_mention', user: 'U1', text: 'open the gate', channel: 'C1' },
    },
    context: { event: 'app_mention', repo: 'T1', sender: 'U1', comment: 'channel:C1' },
    deliveryId: 'Ev08MFMKH6',
    youngerThan: 5 * 60_000,
  },
  {
    type: 'discord',
    secret: discordKey,
    payload: {
      id: '846462639134605312',
      type: 2,
      guild_id: 'G1',
      channel_id: 'C1',
      member: { user: { id: '1', username: 'mara' } },
      data: { name: 'gate', options: [{ name: 'state', type: 3, value: 'open' }] },
    },
    context: { event: 'application_command', action: 'gate', repo: 'G1', body: 'state: open' },
    deliveryId: '846462639134605312',
    youngerThan: 5 * 60_000,
  },
  {
    type: 'twitter',
    secret: inHeader('x-twitter-webhooks-signature', { prefix: 'sha256=', encoding: 'base64' }),
    payload: {
      for_user_id: '2244994945',
      tweet_create_events: [
        { id_str: '9', text: 'The gate is open', user: { id_str: '7', screen_name: 'mara' } },
      ],
    },
    context: { event: 'tweet_create_events', action: 'create', sender: 'mara' },
    deliveryId: null,
  },
  {
    type: 'generic',
    secret: inHeader('x-signature-256'),
    headers: { 'webhook-id': 'msg_1' },
    payload: { event: 'gate', action: 'opened', repo: 'acme/house', sender: 'mara' },
    context: { event: 'gate', action: 'opened', repo: 'acme/house', sender: 'mara' },
    deliveryId: 'msg_1',
  },
];

const keys = new Map<string, ReturnType<typeof generateKeyPairSync>>();

/** Discord keeps the private half; we know the 32 bytes of the public one. */
function discordKey(name: string): SharedSecret {
  const pair = keys.get(name) ?? generateKeyPairSync('ed25519');
  keys.set(name, pair);
  return {
    stored: Buffer.from(pair.publicKey.export({ format: 'der', type: 'spki' }))
      .subarray(-32)
      .toString('hex'),
    sign: (body, now) => {
      const time = String(Math.floor(now / 1_000));
      const message = Buffer.concat([Buffer.from(time), Buffer.from(body)]);
      return {
        'x-signature-timestamp': time,
        'x-signature-ed25519': sign(null, message, pair.privateKey).toString('hex'),
      };
    },
  };
}

/** The sender of a type. */
export function senderOf(type: string): Sender {
  const sender = senders.find((one) => one.type === type);
  if (!sender) throw new Error(`no sender of type ${type}`);
  return sender;
}
