import type { FunctionName, Place } from '../resources.ts';

/** What a deployment of Drover is made for. Everything else follows from it. */
export interface Deployment extends Place {
  /** Number of the project: Google names its service agents by it, and conditions name secrets by it. */
  projectNumber: string;
  /** The agents of the project that is deployed: each has an identity of its own. */
  agents: readonly AgentIdentity[];
  /** Who may use the control API, by e-mail address. */
  operators: readonly string[];
  viewers: readonly string[];
  /**
   * Who is told when something is wrong: e-mail addresses, and notification channels that a person made, by their names
   * `projects/<project>/notificationChannels/<id>`. Nobody: there are no alert policies. Default: the operators.
   */
  alerts?: readonly string[];
  /** Address of the OTLP receiver that functions send spans to. Default: none. */
  traces?: string;
}

/** Channels that one alert policy tells at most (Cloud Monitoring docs, "Quotas and limits"). */
export const mostTold = 16;

/** What an agent's identity may read. */
export interface AgentIdentity {
  /** The agent's name. */
  agent: string;
  /** Home secrets that are mounted as they are (`credentials_delivery = "direct"`), by id. */
  homeSecrets: readonly string[];
}

/** Names of what a resource needs to be there first: `<kind>/<id>` of other resources. */
export type ResourceName = string;

interface Common {
  /** Unique within its kind, as Google calls it without its parents: `drover-dispatch`. */
  id: string;
  /** One sentence: what Drover has it for. It stands in the docs and in the dry run. */
  why: string;
  needs: readonly ResourceName[];
}

/** A service of Google's that must be enabled: `run.googleapis.com`. */
export interface Api extends Common {
  kind: 'api';
}

/** An identity, `<id>@<project>.iam.gserviceaccount.com`. */
export interface ServiceAccount extends Common {
  kind: 'service-account';
  title: string;
}

/** A custom role of the project: exactly these permissions. */
export interface Role extends Common {
  kind: 'role';
  title: string;
  /** Sorted. */
  permissions: readonly string[];
}

/** The Firestore database, Native mode. Its id is `(default)`. */
export interface Database extends Common {
  kind: 'database';
}

/** The rules that clients of Firestore are held to: deny all. */
export interface Rules extends Common {
  kind: 'rules';
  source: string;
}

/** A composite index of Firestore. */
export interface CompositeIndex extends Common {
  kind: 'index';
  collection: string;
  fields: readonly { path: string; is: 'ascending' | 'descending' | 'contains' }[];
}

/** What a field of Firestore is otherwise than usual: it says when its document goes, or it is not indexed. */
export interface FieldOverride extends Common {
  kind: 'field';
  collection: string;
  field: string;
  /** Whether a TTL policy removes documents some time after this field's time. */
  expires: boolean;
  /** Whether queries for this field alone are answered. */
  indexed: boolean;
}

/** A Cloud Tasks queue. */
export interface Queue extends Common {
  kind: 'queue';
  maxConcurrentDispatches: number;
  maxDispatchesPerSecond: number;
  maxAttempts: number;
  minBackoffMs: number;
  maxBackoffMs: number;
  maxDoublings: number;
}

export interface Topic extends Common {
  kind: 'topic';
  /** How long the topic itself keeps messages, for subscriptions that go back to them. Default: it does not. */
  retentionSeconds?: number;
}

/** A Pub/Sub subscription that pushes to a function, or that keeps what could not be pushed. */
export interface Subscription extends Common {
  kind: 'subscription';
  topic: string;
  ackDeadlineSeconds: number;
  retentionSeconds: number;
  push: { url: string; serviceAccount: string; audience: string } | null;
  retry: { minimumSeconds: number; maximumSeconds: number } | null;
  deadLetter: { topic: string; maxDeliveryAttempts: number } | null;
}

/** The log sink: job logs and execution-ended events go to a topic. */
export interface Sink extends Common {
  kind: 'sink';
  topic: string;
  filter: string;
}

/** A Cloud Scheduler job that calls a function. */
export interface SchedulerJob extends Common {
  kind: 'scheduler-job';
  /** Cron expression, in UTC. */
  schedule: string;
  url: string;
  serviceAccount: string;
  audience: string;
  /** Time in seconds in which a call must be answered. */
  deadlineSeconds: number;
}

/** An Artifact Registry repository for agent images. */
export interface Repository extends Common {
  kind: 'repository';
  format: 'docker';
  /** The clean-up policy, as Artifact Registry's JSON has it. */
  cleanup: readonly { [key: string]: unknown }[];
}

/** A Cloud Function of the second generation. */
export interface Fn extends Common {
  kind: 'function';
  name: FunctionName;
  runtime: string;
  entryPoint: string;
  memory: string;
  cpu: string;
  concurrency: number;
  timeoutSeconds: number;
  minInstances: number;
  maxInstances: number;
  ingress: 'all' | 'internal-only';
  serviceAccount: string;
  /** E-mail address of the service account that it is built as. */
  builder: string;
  /** The repository that its image is kept in, by id. */
  repository: string;
  environment: { readonly [variable: string]: string };
}

/** A log-based metric: counts log lines, or measures a number in them. */
export interface LogMetric extends Common {
  kind: 'log-metric';
  /** In the query language of Cloud Logging. */
  filter: string;
  /** Labels of its time series, and the field of a line that each is taken from: `jsonPayload.agent`. */
  labels: { readonly [label: string]: string };
  /** What is measured; null: lines are counted. `bounds` are those of the buckets, in its unit. */
  measures: { field: string; unit: string; bounds: readonly number[] } | null;
}

/** Somebody who is told by e-mail. Its id is the address. */
export interface NotificationChannel extends Common {
  kind: 'notification-channel';
}

/** JSON as one of Google's APIs takes it. */
export type ApiJson =
  | string
  | number
  | boolean
  | readonly ApiJson[]
  | { readonly [field: string]: ApiJson };

/** What opens an incident, and whom it is told. */
export interface AlertPolicy extends Common {
  kind: 'alert-policy';
  title: string;
  severity: 'CRITICAL' | 'ERROR' | 'WARNING';
  /** Any of them opens an incident. As the Monitoring API has them (`AlertPolicy.Condition`). */
  conditions: readonly { readonly [field: string]: ApiJson }[];
  /** What whoever is told reads, in Markdown. */
  text: string;
  /** See {@link Deployment.alerts}. */
  tells: readonly string[];
}

/** A dashboard of Cloud Monitoring. */
export interface Dashboard extends Common {
  kind: 'dashboard';
  title: string;
  /** As the Dashboards API has it (`Dashboard`), without its names. */
  body: { readonly [field: string]: ApiJson };
}

/** What a binding gives a role on. */
export type BoundTo =
  | { kind: 'project' }
  | { kind: 'service-account'; id: string }
  | { kind: 'queue'; id: string }
  | { kind: 'topic'; id: string }
  | { kind: 'subscription'; id: string }
  | { kind: 'function'; id: string }
  | { kind: 'repository'; id: string };

/** One member's role on one thing. */
export interface Binding extends Common {
  kind: 'binding';
  on: BoundTo;
  /** `roles/…` of Google's, or the id of a {@link Role} of ours. */
  role: string;
  /** `serviceAccount:…`, `allUsers`, or `sink:<id>`: the writer identity of a sink, which Google chooses. */
  member: string;
  condition: { title: string; expression: string } | null;
}

export type Resource =
  | Api
  | ServiceAccount
  | Role
  | Database
  | Rules
  | CompositeIndex
  | FieldOverride
  | Queue
  | Topic
  | Subscription
  | Sink
  | SchedulerJob
  | Repository
  | Fn
  | LogMetric
  | NotificationChannel
  | AlertPolicy
  | Dashboard
  | Binding;

export type ResourceKind = Resource['kind'];

/** The name by which others need a resource. */
export function nameOf({ kind, id }: Pick<Resource, 'kind' | 'id'>): ResourceName {
  return `${kind}/${id}`;
}
