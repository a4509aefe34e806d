import { at, list, text } from '../../json.ts';
import { bound } from '../bound.ts';
import type { WebhookProvider } from '../provider.ts';
import { isHmac } from '../signatures.ts';
import { integer, on, onLabels } from '../values.ts';

/** How far the time in a body may be from ours, in ms (Linear docs, "Webhooks": reject what is more than a minute away). */
const mostMs = 60_000;

/** What its types are called by GitHub, whose words agents know. */
const names: ReadonlyMap<string, string> = new Map([
  ['Issue', 'issues'],
  ['Comment', 'issue_comment'],
]);

/** Linear's webhooks (docs: "Webhooks"). */
export const linear: WebhookProvider = {
  type: 'linear',
  secret: { type: 'linear_webhook_secret', field: 'secret' },
  options: {},
  filters: {
    events: on('event', '`issues`, `issue_comment`, or the type in lower case'),
    actions: on('action', '`create`, `update` or `remove`'),
    organizations: on('repo', 'the id of the organisation'),
    labels: onLabels('any of the current labels'),
    assignee: on('assignee', 'e-mail address of the assignee'),
    author: on('author', 'e-mail address of the creator'),
  },

  isSigned: ({ headers }) => headers['linear-signature'] !== undefined,

  verify: ({ headers, body }, secret, _source, now) =>
    isHmac(headers['linear-signature'], body, secret) && isFresh(body, now),

  read({ headers }, payload, _source, now) {
    const type = text(payload, 'type') ?? 'unknown';
    const event = names.get(type) ?? type.toLowerCase();
    const action = text(payload, 'action');
    const issue = at(payload, 'data', 'issue');
    const context = bound({
      source: 'linear',
      event,
      action,
      repo: text(payload, 'organizationId') ?? 'unknown',
      number: integer(payload, 'data', 'number') ?? integer(issue, 'number'),
      title:
        text(payload, 'data', 'title') ??
        text(issue, 'title') ??
        text(payload, 'data', 'name') ??
        action ??
        event,
      body: text(payload, 'data', 'description'),
      url: text(payload, 'url') ?? text(payload, 'data', 'url'),
      author: text(payload, 'data', 'creator', 'email'),
      assignee: text(payload, 'data', 'assignee', 'email'),
      labels: list(payload, 'data', 'labels').flatMap((label) => text(label, 'name') ?? []),
      comment: type === 'Comment' ? text(payload, 'data', 'body') : undefined,
      sender: senderOf(payload),
      timestamp: new Date(now).toISOString(),
    });
    return { kind: 'event', deliveryId: headers['linear-delivery'] ?? null, context };
  },
};

/** Whether the body is as young as it says. Its id stands in a header, unsigned: without this, an old body would be new again. */
function isFresh(body: Uint8Array, now: number): boolean {
  let payload: unknown;
  try {
    payload = JSON.parse(Buffer.from(body).toString());
  } catch {
    return true;
  }
  const sent = at(payload, 'webhookTimestamp');
  return sent === undefined || (typeof sent === 'number' && Math.abs(now - sent) <= mostMs);
}

function senderOf(payload: unknown): string {
  const people = [
    ['actor'],
    ['data', 'createdBy'],
    ['data', 'updatedBy'],
    ['createdBy'],
    ['updatedBy'],
  ];
  const addresses = people.flatMap((path) => text(payload, ...path, 'email') ?? []);
  return addresses[0] ?? text(payload, 'actor', 'name') ?? 'unknown';
}
