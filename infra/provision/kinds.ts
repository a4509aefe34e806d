import type { Kind } from '../deployment/kind.ts';
import type { Deployment, Resource, ResourceKind, ResourceName } from '../deployment/resource.ts';

/** How the resources of each kind are found, made, changed and removed. */
export type Kinds = { readonly [K in ResourceKind]: Kind<Extract<Resource, { kind: K }>> };

/** What is worked on: a deployment, the resources that it should have, and how each kind of them is handled. */
export interface Subject {
  deployment: Deployment;
  /** In an order in which they can be made. */
  resources: readonly Resource[];
  /** Names of all that the deployment should have, where `resources` are only some: what is found of it is not removed. */
  wanted?: ReadonlySet<ResourceName>;
  kinds: Kinds;
}

/** The kind of a resource. Whoever passes it resources of another kind made a mistake. */
export function kindOf(kinds: Kinds, kind: ResourceKind): Kind<Resource> {
  return kinds[kind] as unknown as Kind<Resource>;
}

/** The service that has the resources of a kind: while it is off, there are none that one could see. */
export const serviceOf: { readonly [K in ResourceKind]: string | null } = {
  api: null,
  'service-account': 'iam.googleapis.com',
  role: 'iam.googleapis.com',
  database: 'firestore.googleapis.com',
  rules: 'firebaserules.googleapis.com',
  index: 'firestore.googleapis.com',
  field: 'firestore.googleapis.com',
  queue: 'cloudtasks.googleapis.com',
  topic: 'pubsub.googleapis.com',
  subscription: 'pubsub.googleapis.com',
  sink: 'logging.googleapis.com',
  'scheduler-job': 'cloudscheduler.googleapis.com',
  repository: 'artifactregistry.googleapis.com',
  function: 'cloudfunctions.googleapis.com',
  'log-metric': 'logging.googleapis.com',
  'notification-channel': 'monitoring.googleapis.com',
  'alert-policy': 'monitoring.googleapis.com',
  dashboard: 'monitoring.googleapis.com',
  binding: null,
};

/** Words for a resource of a kind, in titles of steps. */
export const wordFor: { readonly [K in ResourceKind]: string } = {
  api: 'service',
  'service-account': 'service account',
  role: 'role',
  database: 'database',
  rules: 'security rules',
  index: 'index',
  field: 'field',
  queue: 'queue',
  topic: 'topic',
  subscription: 'subscription',
  sink: 'log sink',
  'scheduler-job': 'scheduler job',
  repository: 'image repository',
  function: 'function',
  'log-metric': 'log-based metric',
  'notification-channel': 'notification channel',
  'alert-policy': 'alert policy',
  dashboard: 'dashboard',
  binding: 'binding',
};

/** So many of a kind, in words: `1 queue`, `2 queues`. */
export function countOf(word: string, count: number): string {
  // Security rules are one thing, and have no number.
  if (word.endsWith('rules')) return word;
  if (count === 1) return `1 ${word}`;
  return `${count} ${word.replace(/x$/, 'xe').replace(/([^aeiou])y$/, '$1ie')}s`;
}
