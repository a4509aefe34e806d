/** What a subscription does with a message whose push was refused too often. */
export interface DeadLetter {
  topic: string;
  /** 5 to 100 (pubsub.proto, `max_delivery_attempts`). */
  maxDeliveryAttempts: number;
}

/** A push subscription. Names are full: `projects/<project>/subscriptions/<id>`. */
export interface Subscription {
  name: string;
  topic: string;
  /** Where messages are POSTed: `http` on this machine, where Google wants `https`. */
  endpoint: string;
  /** 10 to 600; also how long a push may take (pubsub.proto, `ack_deadline_seconds`). */
  ackDeadlineSeconds: number;
  /** Between two pushes of the same message; 0 to 600 s each. Default: 0.1 s, growing to 60 s. */
  retry?: { minimumSeconds: number; maximumSeconds: number };
  /** Whose identity token a push carries; the audience is the endpoint by default. */
  oidc?: { serviceAccount: string; audience?: string };
  deadLetter?: DeadLetter;
  /**
   * Whether messages of one ordering key are pushed in the order in which they were published, each when the one before it was
   * acknowledged (pubsub.proto, `enable_message_ordering`). Default: no.
   */
  ordered?: boolean;
}

export interface NewMessage {
  data: Buffer;
  attributes: { readonly [name: string]: string };
  orderingKey?: string;
}

export interface Message {
  id: string;
  /** Base64, as it travels. */
  data: string;
  attributes: { readonly [name: string]: string };
  orderingKey?: string;
  /** In ms since the epoch. */
  publishedAt: number;
}

/** One message to be POSTed to one endpoint. Settle it once. */
export interface Push {
  id: string;
  subscription: string;
  endpoint: string;
  oidc?: { serviceAccount: string; audience: string };
  /** How long the endpoint has to answer. */
  ackDeadlineSeconds: number;
  message: Message;
  /** Counts from 1; present when the subscription has a dead-letter topic, as in Google's request. */
  deliveryAttempt?: number;
}

/** Lowest and highest number of pushes in flight a subscription. */
export interface PushWindow {
  initial: number;
  max: number;
}

/** What Pub/Sub may do by its guarantees, made likely. Shares are between 0 and 1. */
export interface Misbehaviour {
  /** Share of messages that are pushed twice. */
  duplicate?: number;
  /** Share of messages that are never pushed. */
  forget?: number;
  /** Messages come up to this much later, in ms. */
  delayMs?: number;
  /** Messages come in any order. */
  reorder?: boolean;
}
