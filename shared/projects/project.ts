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

/** One agent of a release, with every default filled in. */
export type Agent = {
  /** Body of SKILL.md, without its front matter. */
  skill: string;
  description: string;
  /** Container image. */
  image: string;
  /** Credential references, `type:instance`. */
  credentials: string[];
  webhooks: WebhookTrigger[];
  /** Free-form values shown to the agent, as JSON text: Firestore has no list within a list. */
  params: string;
  /** Models in order of preference. */
  models: Model[];
  /** Runs of this agent at one time; 0 disables it. */
  scale: number;
  /** Queued runs kept; the oldest beyond that are dropped. */
  maxWorkQueueSize: number;
  /** Seconds after which the container is stopped. */
  timeout: number;
  /** Kubernetes quantity. */
  memory: string;
  /** CPUs, as Cloud Run spells them. */
  cpus: string;
};

/** A model, as `[models.<name>]` of the project describes it. */
export type Model = {
  provider: string;
  model: string;
  authType: string;
  thinkingLevel?: string;
  baseUrl?: string;
};

/** A project as its files describe it, validated: what a release holds. */
export type Project = {
  name: string;
  sources: { [source: string]: WebhookSource };
  agents: { [name: string]: Agent };
  /** Runs of all agents at one time; null: no limit. */
  scale: number | null;
};
