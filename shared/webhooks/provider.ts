import type { WebhookSource } from './trigger.ts';

/** What an agent is told of an event, the same fields for every provider (Action Llama's common context). */
export type WebhookContext = {
  /** Provider type, such as `github`. */
  source: string;
  event: string;
  action?: string;
  repo: string;
  number?: number;
  title?: string;
  body?: string;
  url?: string;
  author?: string;
  assignee?: string;
  labels?: string[];
  branch?: string;
  conclusion?: string;
  comment?: string;
  sender: string;
  /** ISO time of receipt. */
  timestamp: string;
  /** Id of the delivery document. */
  receiptId?: string;
};

/** The request as it came: header names in lower case, the body's own bytes. */
export interface WebhookRequest {
  headers: { readonly [name: string]: string | undefined };
  body: Uint8Array;
}

/** An answer that a provider wants instead of ours: a status and a JSON body. */
export interface WebhookReply {
  status: 200;
  body: { [field: string]: unknown };
}

/** What a provider makes of an authenticated request. */
export type WebhookReading =
  | {
      kind: 'event';
      /** The sender's id of the delivery; null when it has none, and its bytes must do. */
      deliveryId: string | null;
      context: WebhookContext;
      /** What the sender wants to hear once the event was taken and started this many agents. Default: our own answer. */
      reply?(agents: number): WebhookReply;
    }
  /** A test of the connection; nothing to do but answer. */
  | { kind: 'ping'; reply?: WebhookReply }
  /** Not a thing this provider sends; `why` says what is wrong and what to do. */
  | { kind: 'invalid'; why: string };

/** What filters look at: what agents are told of an event, and the JSON that it came as. */
export interface WebhookEvent {
  context: WebhookContext;
  payload: unknown;
}

/** How one filter of a provider looks at an event. */
export interface WebhookFilter {
  /** Half a sentence for the documentation: what it is compared with. */
  about: string;
  /** What the event has, to be compared with what is wanted; empty when it has no such thing. */
  values(context: WebhookContext, payload: unknown): readonly string[];
  /** Whether an event that has no such value passes (Action Llama's rule for branches and conclusions). */
  passesWithout?: boolean;
  /** Whether the configuration says `true` or `false`, which is compared as text. Default: a text or a list of them. */
  isFlag?: boolean;
}

/** A setting under `[webhooks.<source>]` that only one provider knows. */
export interface WebhookOption {
  about: string;
  /** What a value must match. */
  pattern: RegExp;
}

/** One kind of sender of webhooks. Adding one is a file with this shape and a line in `providers.ts`. */
export interface WebhookProvider {
  type: string;
  /** The credential that signs, and its field; null for a type whose requests carry no signature. */
  secret: { type: string; field: string } | null;
  options: { readonly [name: string]: WebhookOption };
  /** By the name in the agent's configuration. `source`, `sender` and `if` belong to every provider and are not among them. */
  filters: { readonly [name: string]: WebhookFilter };
  /** Whether the request carries a signature at all, right or wrong. */
  isSigned(request: WebhookRequest, source: WebhookSource): boolean;
  /** Whether `secret` signed exactly these bytes, compared in constant time. `now` in ms since the epoch. */
  verify(request: WebhookRequest, secret: Uint8Array, source: WebhookSource, now: number): boolean;
  /** Reads a verified request. `now` in ms since the epoch. */
  read(
    request: WebhookRequest,
    payload: unknown,
    source: WebhookSource,
    now: number,
  ): WebhookReading;
  /** Present where the provider asks for proof by a GET: the answer to this query, undefined when it is no challenge. */
  challenge?(
    query: { readonly [name: string]: string | undefined },
    secret: Uint8Array,
  ): WebhookReply | undefined;
}
