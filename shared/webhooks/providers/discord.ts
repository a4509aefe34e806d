import { createPublicKey, verify } from 'node:crypto';
import { at, list, text } from '../../json.ts';
import { bound } from '../bound.ts';
import type { WebhookContext, WebhookProvider, WebhookReply } from '../provider.ts';
import { isRecent } from '../signatures.ts';
import { on, onAny } from '../values.ts';

/** How far the time of a request may be from ours, in ms. Discord names no limit; an answer is due within 3 s anyway. */
const mostMs = 5 * 60_000;

/** What stands before the 32 bytes of an Ed25519 key in its SPKI form (RFC 8410). */
const keyPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Interaction types (Discord docs, "Receiving and Responding"). */
const names: ReadonlyMap<unknown, string> = new Map([
  [2, 'application_command'],
  [3, 'message_component'],
  [4, 'autocomplete'],
  [5, 'modal_submit'],
]);

/** Callback types: a message, an acknowledgement without one, and the choices of an autocompletion. */
const callbacks = { message: 4, acknowledge: 6, choices: 8 };
/** Message flag: only who asked sees it. */
const ephemeral = 64;

/** Discord's interactions by HTTP (docs: "Setting Up an Endpoint"). */
export const discord: WebhookProvider = {
  type: 'discord',
  secret: { type: 'discord_bot', field: 'public_key' },
  options: {},
  filters: {
    events: on(
      'event',
      '`application_command`, `message_component`, `autocomplete` or `modal_submit`',
    ),
    guilds: on('repo', 'the id of the server'),
    channels: onAny('branch', 'the id of the channel'),
    commands: {
      about: 'the name of the command, of `application_command` and `autocomplete` only',
      values: ({ event, action = '' }) =>
        event === 'application_command' || event === 'autocomplete' ? [action] : [],
      passesWithout: true,
    },
  },

  isSigned: ({ headers }) => headers['x-signature-ed25519'] !== undefined,

  verify({ headers, body }, publicKey, _source, now) {
    const signature = headers['x-signature-ed25519'] ?? '';
    const time = headers['x-signature-timestamp'];
    const key = Buffer.from(publicKey).toString().trim();
    if (!/^[0-9a-f]{128}$/.test(signature) || !/^[0-9a-f]{64}$/i.test(key)) return false;
    if (time === undefined || !isRecent(time, now, mostMs)) return false;
    return verify(
      null,
      Buffer.concat([Buffer.from(time), body]),
      createPublicKey({
        key: Buffer.concat([keyPrefix, Buffer.from(key, 'hex')]),
        format: 'der',
        type: 'spki',
      }),
      Buffer.from(signature, 'hex'),
    );
  },

  read(_request, payload, _source, now) {
    const type = at(payload, 'type');
    if (type === 1) return { kind: 'ping', reply: { status: 200, body: { type: 1 } } };
    const event = names.get(type);
    if (event === undefined) {
      return { kind: 'invalid', why: 'type is not that of an interaction: 1 to 5' };
    }
    const context = contextOf(event, payload, now);
    return {
      kind: 'event',
      deliveryId: text(payload, 'id') ?? null,
      context,
      reply: (agents) => reply(event, agents),
    };
  },
};

function contextOf(event: string, payload: unknown, now: number): WebhookContext {
  const isComponent = event === 'message_component';
  const customId = text(payload, 'data', 'custom_id');
  const command = text(payload, 'data', 'name');
  const component = at(payload, 'data', 'component_type');
  return bound({
    source: 'discord',
    event,
    action: isComponent && Number.isInteger(component) ? `${component}` : (command ?? customId),
    repo: text(payload, 'guild_id') ?? 'unknown',
    title: command ?? customId ?? event,
    body: optionsOf(payload),
    branch: text(payload, 'channel_id') ?? text(payload, 'channel', 'id'),
    sender:
      text(payload, 'member', 'user', 'username') ?? text(payload, 'user', 'username') ?? 'unknown',
    timestamp: new Date(now).toISOString(),
  });
}

/** The options of a command and the fields of a modal, as `name: value, …`; undefined when there are none. */
function optionsOf(payload: unknown): string | undefined {
  const options = list(payload, 'data', 'options').flatMap((option) => pair(option, 'name'));
  const fields = list(payload, 'data', 'components')
    .flatMap((row) => list(row, 'components'))
    .flatMap((field) => pair(field, 'custom_id'));
  return [...options, ...fields].join(', ') || undefined;
}

function pair(option: unknown, key: 'name' | 'custom_id'): string[] {
  const name = text(option, key);
  const value = at(option, 'value');
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  if (name === undefined) return [];
  return isPlain ? [`${name}: ${String(value).toWellFormed()}`] : [name];
}

/** Discord shows "did not respond" unless an interaction gets one of the answers that fit its kind, within 3 s. */
function reply(event: string, agents: number): WebhookReply {
  switch (event) {
    case 'autocomplete':
      return { status: 200, body: { type: callbacks.choices, data: { choices: [] } } };
    case 'message_component':
      return { status: 200, body: { type: callbacks.acknowledge } };
    default: {
      const content =
        agents === 0
          ? 'Received, but no agent is set up for this.'
          : `Accepted: ${agents === 1 ? 'an agent starts' : `${agents} agents start`} on it.`;
      return {
        status: 200,
        body: { type: callbacks.message, data: { content, flags: ephemeral } },
      };
    }
  }
}
