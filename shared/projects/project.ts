import type { OwnCredentialTypes } from '../credentials/types.ts';
import type { Notifications } from '../notifications/topics.ts';
import type { Schedule } from '../schedules/schedule.ts';
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
  /** Those of their types that the project declares itself. */
  credentialTypes: OwnCredentialTypes;
  /** Whether a run gets copies of its credentials or their home secrets themselves (D4). */
  credentialsDelivery: 'copy' | 'direct';
  webhooks: WebhookTrigger[];
  schedule: Schedule | null;
  /** Variables of its container beside the contract's. */
  env: { [name: string]: string };
  /** Free-form values shown to the agent, as JSON text: Firestore has no list within a list. */
  params: string;
  /** Models in order of preference. */
  models: Model[];
  /** Shell commands before and after the agent's work, run in its container. */
  hooks: { pre: string[]; post: string[] };
  /** Runs of this agent at one time; 0 disables it. */
  scale: number;
  /** Queued runs kept; the oldest beyond that are dropped. */
  maxWorkQueueSize: number;
  /** Consecutive runs that it may ask for by exit code 42. */
  maxReruns: number;
  concurrency: Concurrency | null;
  budget: Budget;
  retry: Retry | null;
  /** Seconds after which the container is stopped. */
  timeout: number;
  /** Kubernetes quantity. */
  memory: string;
  /** CPUs, as Cloud Run spells them. */
  cpus: string;
};

/** Runs of one key run one at a time. */
export type Concurrency = {
  /** Template over the event, such as `{repo}#{number}`. A run whose event lacks a field of it has no key. */
  key: string;
  /** What happens to a run whose key is busy: it waits, it is dropped, or it takes the place of those before it. */
  busy: 'queue' | 'skip' | 'cancel';
};

/** What an agent may use; null: no limit. Days are those of the project's time zone. */
export type Budget = {
  runsPerDay: number | null;
  minutesPerDay: number | null;
  /** US dollars that its runs may come to, estimated. Absent: no limit, as in every release of before there was one. */
  dollarsPerDay?: number;
  /** Failures in a row after which the agent pauses itself. */
  failuresInARow: number | null;
};

/** What is done about a failed run. */
export type Retry = {
  /** How often a run is tried again. */
  attempts: number;
  /** Exit codes after which it is; null: all but those that say trying again is useless (13, 15, 16). */
  exitCodes: number[] | null;
  /** Seconds before the first repetition; doubles with each, up to `maxBackoff`. */
  backoff: number;
  maxBackoff: number;
};

/** A model, as `[models.<name>]` of the project describes it. */
export type Model = {
  provider: string;
  model: string;
  authType: string;
  /** The coding agent that works with it; without: the one that its provider made. */
  harness?: string;
  thinkingLevel?: string;
  baseUrl?: string;
};

/** A project as its files describe it, validated: what a release holds. */
export type Project = {
  name: string;
  /** IANA time zone of its days, and of schedules that name none. */
  timezone: string;
  sources: { [source: string]: WebhookSource };
  agents: { [name: string]: Agent };
  /** Runs of all agents at one time; null: no limit. */
  scale: number | null;
  /** Seconds that a lock is held without a sign of life, where its request does not say; absent: the default of locks. */
  resourceLockTimeout?: number;
  /** Days for which runs and deliveries are kept; absent: the default of retention. */
  historyRetentionDays?: number;
  /** Whom to tell of what; absent: nobody. */
  notifications?: Notifications;
  /** How many calls may stand one above the other; absent: the default of calls. */
  maxCallDepth?: number;
};

/** Most runs at one time: the document that lists them must stay a page (D11), with a key of a hundred characters each. */
export const largestScale = { agent: 250, project: 500 };

/** The agent of this name, if the project has one: a name may be any text, `constructor` as well. */
export function agentIn({ agents }: Pick<Project, 'agents'>, name: string): Agent | undefined {
  return Object.hasOwn(agents, name) ? agents[name] : undefined;
}
