import type { Kind } from '../kind.ts';
import type { Resource, ResourceKind } from '../resource.ts';
import { alertPolicyKind } from './alert-policy.ts';
import { apiKind } from './api.ts';
import { bindingKind } from './binding.ts';
import { compositeIndexKind } from './composite-index.ts';
import { dashboardKind } from './dashboard.ts';
import { databaseKind } from './database.ts';
import { fieldKind } from './field.ts';
import { functionKind } from './function.ts';
import { logMetricKind } from './log-metric.ts';
import { notificationChannelKind } from './notification-channel.ts';
import { queueKind } from './queue.ts';
import { repositoryKind } from './repository.ts';
import { roleKind } from './role.ts';
import { rulesKind } from './rules.ts';
import { schedulerJobKind } from './scheduler-job.ts';
import { serviceAccountKind } from './service-account.ts';
import { sinkKind } from './sink.ts';
import { subscriptionKind } from './subscription.ts';
import { topicKind } from './topic.ts';

/** The kind of a resource, by the name that it has in the list. */
export const kinds: { readonly [K in ResourceKind]: Kind<Extract<Resource, { kind: K }>> } = {
  api: apiKind,
  'service-account': serviceAccountKind,
  role: roleKind,
  database: databaseKind,
  rules: rulesKind,
  index: compositeIndexKind,
  field: fieldKind,
  queue: queueKind,
  topic: topicKind,
  subscription: subscriptionKind,
  sink: sinkKind,
  'scheduler-job': schedulerJobKind,
  repository: repositoryKind,
  function: functionKind,
  'log-metric': logMetricKind,
  'notification-channel': notificationChannelKind,
  'alert-policy': alertPolicyKind,
  dashboard: dashboardKind,
  binding: bindingKind,
};

/** The kind of this resource: `kinds[resource.kind]`, in a form that takes the resource itself. */
export function kindOf<R extends Resource>(resource: R): Kind<R> {
  return kinds[resource.kind] as unknown as Kind<R>;
}
