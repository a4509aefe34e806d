import { cut } from '../json.ts';
import type { Document, Write } from '../ports/index.ts';
import type { TracePlace } from '../runs/trace.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import type { BodyDescription } from './body.ts';

/** An authenticated webhook request that is about an event. */
export interface Incoming {
  /** The project's sources that it is for; the first is its own, which names it. */
  sources: readonly string[];
  /** The sender's id of the delivery; null when it has none, and its bytes must do. */
  deliveryId: string | null;
  context: WebhookContext;
  /** The body, parsed. */
  payload: unknown;
  body: Uint8Array;
  /** Without parameters, in lower case. */
  contentType: string;
  /** Whether a signature vouched for it; an unsigned one came to a source that allows it. */
  isSigned: boolean;
  /** Its place in the sender's trace, where the sender has one. */
  asker?: TracePlace | undefined;
}

/** `deliveries/<source>:<id>`: one authenticated webhook request, and why it did what it did. */
export type Delivery = {
  /** The project's sources that it was for; the first is its own. */
  sources: string[];
  /** The sender's id of the delivery; null when it had none. */
  deliveryId: string | null;
  /** Provider type. */
  provider: string;
  event: string;
  action: string | null;
  repo: string;
  sender: string;
  isSigned: boolean;
  /** One sentence for a reader. */
  summary: string;
  /** Whether it produced work, at receipt or when it was replayed: one that did is not looked at again. */
  outcome: Outcome;
  /** Run id by agent, for each agent that matched. */
  runs: RunsByAgent;
  /** For each agent that did not match: what failed, for each of its triggers. */
  unmatched: ReasonsByAgent;
  /** The release that was asked. */
  release: string;
  receivedAt: Date;
  received: string;
  /** Unique, and in the order of receipt: what a list goes by. */
  sortKey: string;
  /** How often it was looked at: a redelivery of one that produced nothing is looked at again. */
  looks: number;
  /** How often somebody asked for its work again. */
  replays: number;
  /** The runs of the last replay that started any, by agent. */
  replayed: RunsByAgent;
  /**
   * What the provider made of the request. Kept, because it depends on headers too, which are not: they are the part of a
   * request that secrets stand in.
   */
  context: WebhookContext;
  body: BodyDescription;
  /** When Firestore's TTL policy removes the document, some days after the sweep has, which asks first whether a run needs it. */
  expireAt: Date;
};

export type Outcome = 'ran' | 'nothing';
export type RunsByAgent = { [agent: string]: string };
export type ReasonsByAgent = { [agent: string]: string[] };

/** What the delivery is called in sentences: `issues.labeled`. */
function eventName({ event, action }: WebhookContext): string {
  return action === undefined ? event : `${event}.${action}`;
}

/** What happened, where, and by whom, as far as it is known: `issues.labeled on acme/pasture by octavia`. */
export function occasion(context: WebhookContext): string {
  const { repo, sender } = context;
  return `${eventName(context)}${repo && ` on ${repo}`}${sender && ` by ${sender}`}`;
}

/** Longest summary, in UTF-16 units, however many agents there are. */
const longestSummary = 500;
/** What is kept of a sender's id, in UTF-16 units; the document's id rests on all of it. */
const longestId = 200;

/** What there is to say of a delivery beside the request itself. */
export interface Considered {
  /** Id of its document. */
  id: string;
  /** Ms since the epoch. */
  now: number;
  expireAt: Date;
  release: string;
  runs: RunsByAgent;
  unmatched: ReasonsByAgent;
}

/** The document of a delivery that is looked at for the first time. */
export function describe(
  { context, sources, deliveryId, isSigned }: Incoming,
  body: BodyDescription,
  { id, now, expireAt, release, runs, unmatched }: Considered,
): Delivery {
  const received = new Date(now).toISOString();
  return {
    sources: [...sources],
    deliveryId: deliveryId === null ? null : cut(deliveryId.toWellFormed(), longestId),
    provider: context.source,
    event: context.event,
    action: context.action ?? null,
    repo: context.repo,
    sender: context.sender,
    isSigned,
    summary: cut(`${eventName(context)} ${cameTo(runs, unmatched)}`, longestSummary),
    outcome: outcomeOf(runs),
    runs,
    unmatched,
    release,
    receivedAt: new Date(now),
    received,
    sortKey: `${received} ${id}`,
    looks: 1,
    replays: 0,
    replayed: {},
    context,
    body,
    expireAt,
  };
}

/** The write for one that produced nothing and is looked at again, with the release of today. */
export function lookAgain({ path, version, data }: Document<Delivery>, delivery: Delivery): Write {
  const { receivedAt, received, sortKey, replays, replayed } = data;
  const kept = { receivedAt, received, sortKey, replays, replayed, looks: data.looks + 1 };
  return { op: 'update', path, version, fields: { ...delivery, ...kept } };
}

/** The write for one that `who` had replayed: it is kept from then on. */
export function noteReplay(
  { path, version, data }: Document<Delivery>,
  who: string,
  runs: RunsByAgent,
  unmatched: ReasonsByAgent,
  expireAt: Date,
): Write {
  const replays = data.replays + 1;
  const often = replays === 1 ? 'once' : `${replays} times`;
  const first = `${eventName(data.context)} ${cameTo(data.runs, data.unmatched)}`;
  const last = `replayed ${often}, last by ${who}: ${cameTo(runs, unmatched)}`;
  const fields: Partial<Delivery> = {
    replays,
    summary: cut(`${first}; ${last}`, longestSummary),
    expireAt,
    ...(outcomeOf(runs) === 'ran' ? { outcome: 'ran', replayed: runs } : {}),
  };
  return { op: 'update', path, version, fields };
}

function outcomeOf(runs: RunsByAgent): Outcome {
  return Object.keys(runs).length > 0 ? 'ran' : 'nothing';
}

function cameTo(runs: RunsByAgent, unmatched: ReasonsByAgent): string {
  const started = Object.keys(runs);
  return started.length > 0
    ? `started ${started.join(', ')}`
    : `matched none of ${Object.keys(unmatched).length} agents`;
}
