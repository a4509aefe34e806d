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

/** What a provider makes of an authenticated request. */
export type WebhookReading =
  | { kind: 'event'; deliveryId: string; context: WebhookContext }
  /** A test of the connection; nothing to do but say yes. */
  | { kind: 'ping' }
  /** Not a thing this provider sends; `why` says what is wrong and what to do. */
  | { kind: 'invalid'; why: string };

/** One kind of sender of webhooks. Adding one is a file with this shape and a line in `providers.ts`. */
export interface WebhookProvider {
  type: string;
  /** Credential type of the signing secret; its field is `secret`. */
  secretType: string;
  /** Whether `secret` signed exactly these bytes, compared in constant time. */
  verify(request: WebhookRequest, secret: Uint8Array): boolean;
  /** Reads a verified request. `now` in ms since the epoch. */
  read(request: WebhookRequest, payload: unknown, now: number): WebhookReading;
}
