import { Failure } from '../cli/errors.ts';
import type { Deployment, ResourceKind } from '../deployment/resource.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import { inLanes } from './lanes.ts';

/** What whoever provisions must be allowed in the project, by kind: one permission stands for those that come with it in Google's roles. */
const permissionsFor: { readonly [K in ResourceKind]: readonly string[] } = {
  api: ['serviceusage.services.enable'],
  'service-account': ['iam.serviceAccounts.create'],
  role: ['iam.roles.create'],
  database: ['datastore.databases.create'],
  rules: ['firebaserules.releases.create'],
  index: ['datastore.indexes.create'],
  field: ['datastore.indexes.update'],
  queue: ['cloudtasks.queues.create'],
  topic: ['pubsub.topics.create'],
  // It pushes, as the job calls and the function runs, in the name of an account of ours.
  subscription: ['pubsub.subscriptions.create', 'iam.serviceAccounts.actAs'],
  sink: ['logging.sinks.create'],
  'scheduler-job': ['cloudscheduler.jobs.create'],
  repository: ['artifactregistry.repositories.create'],
  function: ['cloudfunctions.functions.create'],
  'log-metric': ['logging.logMetrics.create'],
  'notification-channel': ['monitoring.notificationChannels.create'],
  'alert-policy': ['monitoring.alertPolicies.create'],
  dashboard: ['monitoring.dashboards.create'],
  binding: [
    'resourcemanager.projects.setIamPolicy',
    'iam.serviceAccounts.setIamPolicy',
    'cloudtasks.queues.setIamPolicy',
    'pubsub.topics.setIamPolicy',
    'pubsub.subscriptions.setIamPolicy',
    'artifactregistry.repositories.setIamPolicy',
    'run.services.setIamPolicy',
  ],
};

/** Permissions for the lock. */
const always = ['secretmanager.secrets.create', 'secretmanager.secrets.delete'];

/**
 * Looks whether the project can be billed, and whether the user may do what is to be done, before anything is changed. What the user may not even ask is taken to be well: the step that needs it will say so.
 *
 * @throws Failure
 */
export async function preflight(
  google: Google,
  { project }: Pick<Deployment, 'project'>,
  kinds: readonly ResourceKind[],
): Promise<void> {
  const checks = [checkBilling, checkPermissions];
  await inLanes(checks.length, checks, (check) => check(google, project, kinds));
}

/** Throws `BILLING_OFF` where the project cannot be billed, as far as the user may know that. */
export async function checkBilling(google: Google, project: string): Promise<void> {
  try {
    const found = await google.gcloud(['billing', 'projects', 'describe', project]);
    if ((found as { billingEnabled?: boolean } | undefined)?.billingEnabled === true) return;
  } catch (error) {
    if (isRefusal(error, 'not_found', 'permission_denied', 'failed_precondition', 'invalid'))
      return;
    throw error;
  }
  throw new Failure('BILLING_OFF', `The project ${project} has no billing account.`, {
    todo: `Run \`gcloud billing projects link ${project} --billing-account=<account>\`, with one of \`gcloud billing accounts list\`.`,
  });
}

async function checkPermissions(
  google: Google,
  project: string,
  kinds: readonly ResourceKind[],
): Promise<void> {
  const permissions = [...new Set([...always, ...kinds.flatMap((kind) => permissionsFor[kind])])];
  const url = `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:testIamPermissions`;
  let granted: readonly string[];
  try {
    const answer = (await google.api('POST', url, { permissions })) as { permissions?: string[] };
    granted = answer?.permissions ?? [];
  } catch (error) {
    if (isRefusal(error, 'invalid', 'permission_denied', 'failed_precondition')) return;
    throw error;
  }
  const missing = permissions.filter((permission) => !granted.includes(permission));
  if (missing.length === 0) return;
  throw new Failure(
    'PERMISSION_MISSING',
    `The account that is signed in lacks ${missing.length} of ${permissions.length} permissions in ${project}. Nothing was changed.`,
    { details: missing },
  );
}
