/** When an event of a source starts the agent: `[[webhooks]]` in its config. Everything present must pass. */
export type WebhookTrigger = {
  source: string;
  /** What each filter wants, by the filter's name; its provider says how it matches. */
  filters: { [filter: string]: string[] };
  /** An expression over the event that must be true; null: none. */
  if: string | null;
};

/** `[webhooks.<source>]` of the project. */
export type WebhookSource = {
  /** Provider type, such as `github`. */
  type: string;
  /** Instances of the provider's secret credential, any of which may sign: two during a rotation. */
  secrets: string[];
  /** Whether a request without a signature is taken. */
  allowUnsigned: boolean;
  /** Settings that only its provider knows. */
  options: { [name: string]: string };
};
