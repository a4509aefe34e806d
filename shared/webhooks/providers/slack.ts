import { text } from '../../json.ts';
import { bound } from '../bound.ts';
import type { WebhookContext, WebhookProvider } from '../provider.ts';
import { isHmac, isRecent } from '../signatures.ts';
import { on } from '../values.ts';

/** How far the time of a request may be from ours, in ms (Slack docs, "Verifying requests from Slack"). */
const mostMs = 5 * 60_000;

const channelPrefix = 'channel:';

/** Slack's Events API (docs: "Using the Events API"); what people click is read as well. */
export const slack: WebhookProvider = {
  type: 'slack',
  secret: { type: 'slack_signing_secret', field: 'secret' },
  options: {},
  filters: {
    events: on('event', 'the type of the event, such as `app_mention`'),
    team_ids: on('repo', 'the id of the workspace'),
    channels: {
      about: 'the id of the channel: of the message, for a reaction',
      values: channelsOf,
    },
  },

  isSigned: ({ headers }) => headers['x-slack-signature'] !== undefined,

  verify({ headers, body }, secret, _source, now) {
    const time = headers['x-slack-request-timestamp'];
    if (!isRecent(time, now, mostMs)) return false;
    const message = Buffer.concat([Buffer.from(`v0:${time}:`), body]);
    return isHmac(headers['x-slack-signature'], message, secret, { prefix: 'v0=' });
  },

  read(_request, payload, _source, now) {
    const type = text(payload, 'type') ?? 'unknown';
    if (type === 'url_verification') {
      const challenge = text(payload, 'challenge') ?? '';
      return { kind: 'ping', reply: { status: 200, body: { challenge } } };
    }
    const event = text(payload, 'event', 'type') ?? type;
    const channel = channelOf(payload);
    const context = bound({
      source: 'slack',
      event,
      repo: text(payload, 'team_id') ?? text(payload, 'team', 'id') ?? 'unknown',
      title: text(payload, 'event', 'reaction') ?? event,
      body: text(payload, 'event', 'text'),
      comment: channel && `${channelPrefix}${channel}`,
      sender: senderOf(payload) ?? 'unknown',
      timestamp: new Date(now).toISOString(),
    });
    return { kind: 'event', deliveryId: text(payload, 'event_id') ?? null, context };
  },
};

/** Where it happened: the channel of a message, of what a reaction is to, of a click, or the one that the event is about. */
function channelOf(payload: unknown): string | undefined {
  return (
    text(payload, 'event', 'channel') ??
    text(payload, 'event', 'channel', 'id') ??
    text(payload, 'event', 'item', 'channel') ??
    text(payload, 'channel', 'id')
  );
}

function senderOf(payload: unknown): string | undefined {
  return (
    text(payload, 'event', 'user') ??
    text(payload, 'event', 'user', 'id') ??
    text(payload, 'event', 'bot_id') ??
    text(payload, 'user', 'id')
  );
}

function channelsOf({ comment = '' }: WebhookContext): string[] {
  return comment.startsWith(channelPrefix) ? [comment.slice(channelPrefix.length)] : [];
}
