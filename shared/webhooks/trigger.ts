/** When an event of a source starts the agent: `[[webhooks]]` in its config. All filters present must pass. */
export type WebhookTrigger = {
  source: string;
  events?: string[];
  actions?: string[];
  repos?: string[];
  org?: string;
  orgs?: string[];
  labels?: string[];
  assignee?: string;
  author?: string;
  branches?: string[];
  conclusions?: string[];
};

/** `[webhooks.<source>]` of the project. */
export type WebhookSource = {
  /** Provider type, such as `github`. */
  type: string;
  /** Instance of the provider's secret credential that signs this source's deliveries. */
  secret: string;
};
