/** One message for whoever subscribes. */
export interface EventMessage {
  /** JSON, UTF-8. With its attributes at most 10 MB (Pub/Sub quotas page). */
  data: string;
  /** What subscriptions may filter by: at most 1,024 bytes a value (Pub/Sub quotas page). */
  attributes: { readonly [name: string]: string };
}

/** The Pub/Sub topic on which the control plane tells what happens. */
export interface Events {
  /**
   * Publishes messages that belong in this order, all of one ordering key (at most 1,024 bytes), and resolves when Pub/Sub has
   * all of them: at most 1,000, and 10 MB together (Pub/Sub quotas page). One round trip. One that fails may have taken effect;
   * publishing the same messages again is right, as every subscriber may get any message twice.
   */
  publish(orderingKey: string, messages: readonly EventMessage[]): Promise<void>;
}
