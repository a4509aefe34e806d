import type { Document, Write } from '../ports/index.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import { type BodyDescription, describeBody } from './body.ts';

/** An authenticated webhook request that is about an event. */
export interface Incoming {
  source: string;
  deliveryId: string;
  context: WebhookContext;
  body: Uint8Array;
  contentType: string;
}

/** `deliveries/<source>:<id>`: one authenticated webhook request, and why it did what it did. */
export type Delivery = {
  source: string;
  /** The sender's id of the delivery. */
  deliveryId: string;
  /** Provider type. */
  provider: string;
  event: string;
  action: string | null;
  repo: string;
  sender: string;
  /** One sentence for a reader. */
  summary: string;
  /** Run id by agent, for each agent that matched. */
  runs: { [agent: string]: string };
  /** For each agent that did not match: what failed, for each of its triggers. */
  unmatched: { [agent: string]: string[] };
  /** The release that was asked. */
  release: string;
  receivedAt: Date;
  received: string;
  /** How often it was looked at: a redelivery of one that produced nothing is looked at again. */
  looks: number;
  body: BodyDescription;
  expireAt: Date;
};

/** Id of the document of a delivery. */
export function deliveryKey(source: string, deliveryId: string): string {
  return `${source}:${deliveryId}`;
}

/** What the delivery is called in sentences: `issues.labeled`. */
export function eventName({ event, action }: WebhookContext): string {
  return action === undefined ? event : `${event}.${action}`;
}

/** What there is to say of a delivery beside the request itself. */
export interface Considered {
  /** Ms since the epoch. */
  now: number;
  expireAt: Date;
  runs: { [agent: string]: string };
  unmatched: { [agent: string]: string[] };
}

/** The document of a delivery that is looked at for the first time. */
export function describe(
  release: string,
  { context, source, deliveryId, body, contentType }: Incoming,
  { now, expireAt, runs, unmatched }: Considered,
): Delivery {
  const started = Object.keys(runs);
  const what = eventName(context);
  return {
    source,
    deliveryId,
    provider: context.source,
    event: context.event,
    action: context.action ?? null,
    repo: context.repo,
    sender: context.sender,
    summary:
      started.length > 0
        ? `${what} started ${started.join(', ')}`
        : `${what} matched none of ${Object.keys(unmatched).length} agents`,
    runs,
    unmatched,
    release,
    receivedAt: new Date(now),
    received: new Date(now).toISOString(),
    looks: 1,
    body: describeBody(body, contentType),
    expireAt,
  };
}

/** The write for one that produced nothing and is looked at again, with the release of today. */
export function lookAgain(known: Document<Delivery>, delivery: Delivery): Write {
  const { receivedAt: _at, received: _iso, ...rest } = delivery;
  return {
    op: 'update',
    path: known.path,
    version: known.version,
    fields: { ...rest, looks: known.data.looks + 1 },
  };
}
