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

/** How the request's body is kept below the delivery, in parts `body/<n>`. */
export type BodyDescription = {
  contentType: string;
  bytes: number;
  /** SHA-256 of the bytes, hex. */
  sha256: string;
  parts: number;
};

/** Id of the document of a delivery. */
export function deliveryKey(source: string, deliveryId: string): string {
  return `${source}:${deliveryId}`;
}
