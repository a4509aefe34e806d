import { Expression } from '../kind.ts';
import type { Resource, ResourceKind } from '../resource.ts';

/** The type of Terraform's block for each kind; a binding's depends on what it is on. */
export const terraformTypes: { readonly [kind in Exclude<ResourceKind, 'binding'>]: string } = {
  api: 'google_project_service',
  'service-account': 'google_service_account',
  role: 'google_project_iam_custom_role',
  database: 'google_firestore_database',
  rules: 'google_firebaserules_release',
  index: 'google_firestore_index',
  field: 'google_firestore_field',
  queue: 'google_cloud_tasks_queue',
  topic: 'google_pubsub_topic',
  subscription: 'google_pubsub_subscription',
  sink: 'google_logging_project_sink',
  'scheduler-job': 'google_cloud_scheduler_job',
  repository: 'google_artifact_registry_repository',
  function: 'google_cloudfunctions2_function',
  'log-metric': 'google_logging_metric',
  'notification-channel': 'google_monitoring_notification_channel',
  'alert-policy': 'google_monitoring_alert_policy',
  dashboard: 'google_monitoring_dashboard',
};

/** An id as Terraform's identifiers may be: letters, digits, `_` and `-`, and no digit first. */
export function terraformLabel(id: string): string {
  const label = id.replaceAll(/[^A-Za-z0-9_-]+/g, '_').replaceAll(/^_+|_+$/g, '');
  return /^[A-Za-z_]/.test(label) ? label : `_${label}`;
}

/** The attribute of another resource's block. */
export function attributeOf(
  resource: Pick<Resource, 'id'> & { kind: Exclude<ResourceKind, 'binding'> },
  attribute: string,
): Expression {
  return new Expression(
    `${terraformTypes[resource.kind]}.${terraformLabel(resource.id)}.${attribute}`,
  );
}
