import { at, list, text } from '../../json.ts';
import { bound } from '../bound.ts';
import type { WebhookContext, WebhookFilter, WebhookRequest } from '../provider.ts';
import { isoOf } from '../times.ts';
import { integer, on, onAny, onLabels } from '../values.ts';

/** The filters of senders whose body has the fields of the context itself. */
export const plainFilters: { readonly [name: string]: WebhookFilter } = {
  events: on('event', 'the event'),
  actions: on('action', 'its action'),
  repos: on('repo', 'the field `repo`'),
  labels: onLabels('any of `labels`'),
  assignee: on('assignee', 'the field `assignee`'),
  author: on('author', 'the field `author`'),
  branches: onAny('branch', 'the field `branch`'),
  conclusions: onAny('conclusion', 'the field `conclusion`'),
};

/** The context of a body that has its fields, one to one. Without a title it is the action or the event. */
export function plainContext(
  source: string,
  event: string,
  payload: unknown,
  now: number,
): WebhookContext {
  const action = text(payload, 'action');
  const labels = list(payload, 'labels').filter((label) => typeof label === 'string');
  return bound({
    source,
    event,
    action,
    repo: text(payload, 'repo') ?? 'unknown',
    number: integer(payload, 'number'),
    title: text(payload, 'title') ?? action ?? event,
    body: text(payload, 'body'),
    url: text(payload, 'url'),
    author: text(payload, 'author'),
    assignee: text(payload, 'assignee'),
    labels: labels.length > 0 ? labels.map((label) => label.toWellFormed()) : undefined,
    branch: text(payload, 'branch'),
    conclusion: text(payload, 'conclusion'),
    comment: text(payload, 'comment'),
    sender: text(payload, 'sender') ?? 'unknown',
    timestamp: isoOf(at(payload, 'timestamp')) ?? new Date(now).toISOString(),
  });
}

/** Headers that hold an id of the delivery, by custom (Standard Webhooks; the HTTP working group's Idempotency-Key). */
const idHeaders = ['webhook-id', 'x-delivery-id', 'idempotency-key'];

/** The id of a delivery in the first header that has one: the source's own, or one of custom. */
export function deliveryIdOf(headers: WebhookRequest['headers'], own?: string): string | null {
  const names = own === undefined ? idHeaders : [own, ...idHeaders];
  return names.map((name) => headerIn(headers, name)).find((id) => id) ?? null;
}

/** The header of a name that somebody chose: `constructor` is one that every object seems to have. */
export function headerIn(headers: WebhookRequest['headers'], name: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(headers, key) ? headers[key] : undefined;
}
