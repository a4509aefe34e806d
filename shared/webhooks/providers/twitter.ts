import { createHmac } from 'node:crypto';
import { at, list, text } from '../../json.ts';
import { bound } from '../bound.ts';
import type { WebhookProvider } from '../provider.ts';
import { isHmac } from '../signatures.ts';
import { isoOf } from '../times.ts';
import { idOf, on } from '../values.ts';

const prefix = 'sha256=';

/**
 * What a challenge may consist of. The answer is signed with the key that signs bodies: a token that could be a body, in JSON
 * or as a form, would let anybody have one signed.
 */
const token = /^[A-Za-z0-9+/=_-]{1,500}$/;

/** Webhooks of X's Account Activity API (docs: "Account Activity API, Securing Webhooks"). */
export const twitter: WebhookProvider = {
  type: 'twitter',
  secret: { type: 'x_twitter_api', field: 'consumer_secret' },
  options: {},
  filters: {
    events: on('event', 'the kind of events, such as `tweet_create_events`'),
    repos: on('repo', 'the id of the account that is listened to'),
    users: on('repo', 'the id of the account that is listened to: the same as `repos`'),
  },

  isSigned: ({ headers }) => headers['x-twitter-webhooks-signature'] !== undefined,

  verify: ({ headers, body }, secret) =>
    isHmac(headers['x-twitter-webhooks-signature'], body, secret, { encoding: 'base64', prefix }),

  read(_request, payload, _source, now) {
    const { event, first } = firstOf(payload);
    const said = text(first, 'text') ?? text(first, 'message_create', 'message_data', 'text');
    const sender = senderOf(first, payload) ?? 'unknown';
    const context = bound({
      source: 'twitter',
      event,
      action: /([a-z]+)_events$/.exec(event)?.[1],
      repo: idOf(payload, 'for_user_id') ?? 'unknown',
      title: said ?? `${event} by ${sender}`,
      body: said,
      url: urlOf(first),
      sender,
      timestamp: timeOf(first) ?? new Date(now).toISOString(),
    });
    return { kind: 'event', deliveryId: null, context };
  },

  challenge({ crc_token }, secret) {
    if (crc_token === undefined || !token.test(crc_token)) return undefined;
    const signature = createHmac('sha256', secret).update(crc_token).digest('base64');
    return { status: 200, body: { response_token: `${prefix}${signature}` } };
  },
};

/** The first event of the first list: X sends one kind at a time. */
function firstOf(payload: unknown): { event: string; first: unknown } {
  const isObject = typeof payload === 'object' && payload !== null;
  const event = Object.keys(isObject ? payload : {}).find((key) => list(payload, key).length > 0);
  if (event === undefined) return { event: 'unknown', first: undefined };
  return { event: event.toWellFormed(), first: at(payload, event, 0) };
}

/** Screen name of who wrote, liked or followed; of a message's writer the id where no name comes with it. */
function senderOf(first: unknown, payload: unknown): string | undefined {
  const writer = text(first, 'message_create', 'sender_id') ?? text(first, 'sender_id');
  return (
    text(first, 'user', 'screen_name') ??
    text(first, 'source', 'screen_name') ??
    (writer && (text(payload, 'users', writer, 'screen_name') ?? writer)) ??
    idOf(first, 'user', 'id_str') ??
    idOf(first, 'source', 'id')
  );
}

function urlOf(first: unknown): string | undefined {
  const post = text(first, 'favorited_status') ? undefined : text(first, 'id_str');
  const name = text(first, 'user', 'screen_name');
  return (
    post && name && `https://x.com/${encodeURIComponent(name)}/status/${encodeURIComponent(post)}`
  );
}

function timeOf(first: unknown): string | undefined {
  const times = ['timestamp_ms', 'created_timestamp', 'created_at'];
  return times.map((time) => isoOf(at(first, time))).find((time) => time !== undefined);
}
