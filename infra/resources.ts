/** What Drover has in a Google Cloud project, by name: for the local cloud now, and for whatever deploys it. */

export { eventsTopic } from '../shared/cloud/events.ts';

export const functionNames = [
  'webhook',
  'dispatch',
  'poll',
  'tick',
  'gateway',
  'control',
  'logs',
] as const;
export type FunctionName = (typeof functionNames)[number];

/** A project and a region of it. */
export interface Place {
  project: string;
  region: string;
}

/** The service account of one of our roles. */
export function serviceAccount(role: 'tasks' | 'scheduler' | 'pubsub', project: string): string {
  return `drover-${role}@${project}.iam.gserviceaccount.com`;
}

/** Cloud Tasks queues: how fast they call, and how they repeat a call that failed. Times in ms. */
export function queues({ project, region }: Place) {
  const parent = `projects/${project}/locations/${region}/queues`;
  const retry = { maxAttempts: 20, minBackoffMs: 1_000, maxBackoffMs: 60_000, maxDoublings: 6 };
  return [
    { name: `${parent}/drover-dispatch`, maxConcurrentDispatches: 50, ...retry },
    { name: `${parent}/drover-poll`, maxConcurrentDispatches: 100, ...retry },
  ];
}

/** The Pub/Sub topic that the log sink exports to, and the subscription that pushes to the function `logs`. */
export function logPush(project: string, logsUrl: string) {
  return {
    name: `projects/${project}/subscriptions/drover-logs`,
    topic: `projects/${project}/topics/drover-logs`,
    endpoint: logsUrl,
    ackDeadlineSeconds: 60,
    retry: { minimumSeconds: 1, maximumSeconds: 60 },
    oidc: { serviceAccount: serviceAccount('pubsub', project), audience: logsUrl },
  };
}

/** The environment of every function, in a project whose functions have these URLs. */
export function functionVariables(
  { project, region }: Place,
  urls: { readonly [name in FunctionName]: string },
): { [variable: string]: string } {
  return {
    DROVER_PROJECT: project,
    DROVER_REGION: region,
    DROVER_DISPATCH_URL: urls.dispatch,
    DROVER_POLL_URL: urls.poll,
    DROVER_TICK_URL: urls.tick,
    DROVER_LOGS_URL: urls.logs,
    DROVER_GATEWAY_URL: urls.gateway,
    DROVER_CONTROL_URL: urls.control,
    DROVER_TASKS_SERVICE_ACCOUNT: serviceAccount('tasks', project),
    DROVER_SCHEDULER_SERVICE_ACCOUNT: serviceAccount('scheduler', project),
    DROVER_PUBSUB_SERVICE_ACCOUNT: serviceAccount('pubsub', project),
  };
}
