import type { WebhookSource, WebhookTrigger } from '../webhooks/trigger.ts';

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
